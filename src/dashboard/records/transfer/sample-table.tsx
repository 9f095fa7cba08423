import { asText } from '#dashboard/fields/field-type.ts'
import { t } from '#dashboard/text/t.ts'
import type { Table } from './csv.ts'
import styles from './transfer.module.css'

/** The first rows of a file. */
export function SampleTable({ table }: { readonly table: Table }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways by the keyboard
    <section className={styles.sample} aria-label={t.records.transfer.sample} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {table.header.map((name, index) => (
              <th key={index} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, 5).map(({ line, cells }) => (
            <tr key={line}>
              {table.header.map((_, index) => (
                <td key={index}>{asText(cells[index]).slice(0, 80)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
