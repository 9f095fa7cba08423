import { Plus } from 'lucide-react'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { EmptyState } from '#dashboard/ui/states.tsx'
import { createIndexSql, type Definition } from '#dashboard/schema/definition.ts'
import { IndexForm } from './index-form.tsx'
import styles from '#dashboard/schema/schema.module.css'

interface IndexesProps {
  readonly definition: Definition
  readonly errors: ReadonlyMap<string, string>
  readonly onChange: (change: (definition: Definition) => Definition) => void
}

/** The indexes of a collection. */
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
        <IndexForm
          key={index}
          definition={definition}
          sql={sql}
          number={index + 1}
          error={errors.get(`indexes.${index}`)}
          onChange={(next) => set(indexes.with(index, next))}
          onRemove={() => set(indexes.toSpliced(index, 1))}
        />
      ))}
      <div>{addButton}</div>
    </section>
  )
}
