import { t } from '#dashboard/text/t.ts'
import { Field, TextArea } from '#dashboard/ui/field.tsx'
import styles from './schema.module.css'

interface QueryProps {
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (query: string) => void
}

/** The statement that a view is the result of. */
export function ViewQuery({ value, error, onChange }: QueryProps) {
  return (
    <section className={styles.section}>
      <h2>{t.schema.query.title}</h2>
      <Field label={t.schema.query.label} help={t.schema.query.help} error={error}>
        {(control) => (
          <TextArea
            {...control}
            isMono
            rows={8}
            value={value}
            spellCheck={false}
            autoCapitalize="off"
            onChange={({ target }) => onChange(target.value)}
          />
        )}
      </Field>
    </section>
  )
}
