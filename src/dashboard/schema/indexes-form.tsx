import { Plus, Trash2 } from 'lucide-react'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Field, TextArea } from '#dashboard/ui/field.tsx'
import { EmptyState } from '#dashboard/ui/states.tsx'
import { createIndexSql, type Definition, indexName } from './definition.ts'
import styles from './schema.module.css'

interface IndexesProps {
  readonly definition: Definition
  readonly errors: ReadonlyMap<string, string>
  readonly onChange: (change: (definition: Definition) => Definition) => void
}

/** The indexes of a collection, as SQL. */
export function IndexesForm({ definition, errors, onChange }: IndexesProps) {
  const { indexes } = definition
  const set = (next: readonly string[]): void => onChange((now) => ({ ...now, indexes: next }))
  const add = (): void => {
    const column = definition.fields.find(({ system }) => !system)?.name ?? 'id'
    const sql = createIndexSql({ collection: definition.name, columns: [column], isUnique: false })
    set([...indexes, sql])
  }
  const addButton = (
    <Button icon={Plus} onClick={add}>
      {t.schema.indexes.add}
    </Button>
  )
  if (indexes.length === 0) {
    return (
      <EmptyState title={t.schema.indexes.none} actions={addButton}>
        <p>{t.schema.indexes.noneText}</p>
      </EmptyState>
    )
  }
  return (
    <section className={styles.section}>
      <div className={styles.sectionHead}>
        <h2>{t.schema.indexes.title}</h2>
        <p>{t.schema.indexes.help}</p>
      </div>
      {indexes.map((sql, index) => (
        <div key={index} className={styles.index}>
          <Field
            label={indexName(sql) || t.schema.indexes.label({ number: index + 1 })}
            error={errors.get(`indexes.${index}`)}
          >
            {(control) => (
              <TextArea
                {...control}
                isMono
                rows={2}
                value={sql}
                spellCheck={false}
                onChange={({ target }) => set(indexes.with(index, target.value))}
              />
            )}
          </Field>
          <div>
            <Button size="small" icon={Trash2} onClick={() => set(indexes.toSpliced(index, 1))}>
              {t.schema.indexes.remove({ name: indexName(sql) || t.schema.indexes.unnamed })}
            </Button>
          </div>
        </div>
      ))}
      <div>{addButton}</div>
    </section>
  )
}
