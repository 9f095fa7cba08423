import { isUnique } from '#dashboard/schema/definition.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Checkbox, FieldGroup } from '#dashboard/ui/field.tsx'
import { useOption, useOptionForm } from './option-context.ts'
import { OptionSection, SwitchOption } from './option-inputs.tsx'
import styles from './sign-in-options.module.css'

const texts = t.signInOptions.password

/** Signing in with a password, and the fields that name the account. */
export function PasswordSection() {
  const { definition } = useOptionForm()
  const { value: isEnabled } = useOption('passwordAuth.enabled')
  const { value, error, set } = useOption('passwordAuth.identityFields')
  const chosen = Array.isArray(value) ? value.map(String) : []
  // Only a unique value leads to one account.
  const possible = definition.fields
    .filter(({ type }) => ['text', 'email', 'url', 'number'].includes(type))
    .map(({ name }) => name)
    .filter((name) => chosen.includes(name) || (isUnique(definition, name) && name !== 'tokenKey'))
  return (
    <OptionSection title={texts.title}>
      <SwitchOption path="passwordAuth.enabled" label={texts.enabled} />
      {isEnabled === true && (
        <FieldGroup label={texts.identityFields} help={texts.identityHelp} error={error}>
          <div className={styles.choices}>
            {possible.map((name) => (
              <Checkbox
                key={name}
                label={name}
                isChecked={chosen.includes(name)}
                onChange={(isChosen) =>
                  set(isChosen ? [...chosen, name] : chosen.filter((one) => one !== name))
                }
              />
            ))}
          </div>
        </FieldGroup>
      )}
    </OptionSection>
  )
}
