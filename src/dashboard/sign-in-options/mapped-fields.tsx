import { t } from '#dashboard/text/definition-texts.ts'
import { useOptionForm } from './option-context.ts'
import { ChoiceOption } from './option-inputs.tsx'
import styles from './sign-in-options.module.css'

const texts = t.signInOptions.oauth2
const keys = ['id', 'name', 'username', 'avatarURL'] as const
const fitting: Readonly<Record<(typeof keys)[number], readonly string[]>> = {
  id: ['text'],
  name: ['text'],
  username: ['text'],
  avatarURL: ['text', 'url', 'file'],
}

/** The fields that new accounts get values for from their provider. */
export function MappedFields() {
  const { definition } = useOptionForm()
  return (
    <fieldset className={styles.group}>
      <legend>{texts.mapping}</legend>
      <p>{texts.mappingHelp}</p>
      <div className={styles.pair}>
        {keys.map((key) => (
          <ChoiceOption
            key={key}
            path={`oauth2.mappedFields.${key}`}
            label={texts.mapped[key]}
            options={[
              { value: '', label: texts.notMapped },
              ...definition.fields
                .filter(({ type, system }) => !system && fitting[key].includes(type))
                .map(({ name }) => ({ value: name, label: name })),
            ]}
          />
        ))}
      </div>
    </fieldset>
  )
}
