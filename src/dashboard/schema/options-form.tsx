import { t } from '#dashboard/text/definition-texts.ts'
import { Field, TextInput } from '#dashboard/ui/field.tsx'
import { DangerZone } from './danger-zone.tsx'
import type { Definition } from './definition.ts'
import styles from './schema.module.css'

interface OptionsProps {
  readonly base: Definition
  readonly definition: Definition
  readonly errors: ReadonlyMap<string, string>
  readonly onChange: (change: (definition: Definition) => Definition) => void
}

/** The name of a collection, and how to get rid of it. */
export function OptionsForm({ base, definition, errors, onChange }: OptionsProps) {
  return (
    <>
      <section className={styles.section}>
        <Field label={t.schema.name} help={t.schema.nameHelp} error={errors.get('name')}>
          {(control) => (
            <TextInput
              {...control}
              value={definition.name}
              readOnly={definition.system}
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => onChange((now) => ({ ...now, name: target.value.trim() }))}
            />
          )}
        </Field>
      </section>
      <DangerZone collection={base} />
    </>
  )
}
