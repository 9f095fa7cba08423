import type { CollectionField } from 'pocketbase'
import { asText } from '#dashboard/fields/field-type.ts'
import { t } from '#dashboard/text/t.ts'
import { Select } from '#dashboard/ui/field.tsx'
import type { Table } from './csv.ts'
import type { ColumnFields } from './import-plan.ts'
import styles from './transfer.module.css'

const texts = t.records.transfer

interface ColumnMappingProps {
  readonly table: Table
  readonly fields: readonly CollectionField[]
  readonly columns: ColumnFields
  readonly onChange: (columns: ColumnFields) => void
}

/** The field that each column of a file is for. A column without one is not imported, and says so. */
export function ColumnMapping({ table, fields, columns, onChange }: ColumnMappingProps) {
  const ignored = table.header.filter((_, index) => columns[index] === undefined)
  return (
    <section className={styles.mapping}>
      <h2>{texts.columns}</h2>
      <ul>
        {table.header.map((name, index) => (
          <li key={index}>
            <span>
              <strong>{name}</strong>
              <span className={styles.samples}>{samplesOf(table, index)}</span>
            </span>
            <Select
              aria-label={texts.fieldOf({ column: name })}
              value={columns[index]?.name ?? ''}
              options={[
                { value: '', label: texts.ignored },
                ...fields.map((field) => ({ value: field.name, label: field.name })),
              ]}
              onChange={(chosen) =>
                onChange(
                  columns.map((field, at) => {
                    const isHere = at === index
                    // Two columns cannot give a field its value.
                    if (!isHere) return field?.name === chosen ? undefined : field
                    return fields.find((each) => each.name === chosen)
                  }),
                )
              }
            />
          </li>
        ))}
      </ul>
      {ignored.length > 0 && <p>{texts.ignoredColumns({ names: ignored })}</p>}
    </section>
  )
}

function samplesOf({ rows }: Table, index: number): string {
  const samples = rows.slice(0, 3).map(({ cells }) => asText(cells[index]).slice(0, 40))
  return samples.filter((text) => text !== '').join(' · ')
}
