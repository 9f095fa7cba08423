import { t } from '#dashboard/text/definition-texts.ts'
import { Checkbox, FieldGroup, optionsFrom } from '#dashboard/ui/field.tsx'
import { OptionContext, useOption, useOptionForm } from './option-context.ts'
import {
  ChoiceOption,
  DurationOption,
  NumberOption,
  OptionSection,
  SwitchOption,
  TextOption,
  WordsOption,
} from './option-inputs.tsx'
import { completeSecurity, provenActions, secondMethods } from './security-options.ts'

const texts = t.signInOptions.security

/** Options that PocketBase does not have: second factors, passwords, sessions, proofs of identity. */
export function SecuritySection() {
  const form = useOptionForm()
  const { definition } = form
  const security = completeSecurity(definition['security'])
  return (
    <OptionContext value={{ ...form, definition: { ...definition, security } }}>
      <OptionSection title={texts.title} help={texts.help}>
        <SwitchOption path="security.totp.enabled" label={texts.enabled} />
        <Totp />
      </OptionSection>
      <OptionSection title={texts.passwords} help={texts.passwordsHelp}>
        <SwitchOption path="security.password.common" label={texts.common} />
        <SwitchOption
          path="security.password.personal"
          label={texts.personal}
          help={texts.personalHelp}
        />
        <WordsOption path="security.password.words" label={texts.words} help={texts.wordsHelp} />
      </OptionSection>
      <OptionSection title={texts.sessions}>
        <DurationOption
          path="security.session.maxLifetime"
          label={texts.maxLifetime}
          help={texts.maxLifetimeHelp}
        />
        <NumberOption
          path="security.session.maxCount"
          label={texts.maxCount}
          help={texts.maxCountHelp}
        />
      </OptionSection>
      <OptionSection title={texts.stepUp} help={texts.stepUpHelp}>
        <DurationOption path="security.stepUp.maxAge" label={texts.maxAge} />
        <ListOption
          path="security.stepUp.actions"
          label={texts.actions}
          names={provenActions}
          labels={texts.actionNames}
        />
      </OptionSection>
    </OptionContext>
  )
}

function Totp() {
  const { value: isEnabled } = useOption('security.totp.enabled')
  if (isEnabled !== true) return null
  return (
    <>
      <TextOption path="security.totp.issuer" label={texts.issuer} help={texts.issuerHelp} />
      <NumberOption path="security.totp.skew" label={texts.skew} note={texts.skewNote} />
      <ChoiceOption
        path="security.mfa.enrolled"
        label={texts.enrolled}
        options={optionsFrom(texts.enrolledChoices)}
      />
      <ListOption
        path="security.mfa.methods"
        label={texts.methods}
        help={texts.methodsHelp}
        names={secondMethods}
        labels={texts.methodNames}
      />
      <SwitchOption
        path="security.mfa.enrolAtSignIn"
        label={texts.enrolAtSignIn}
        help={texts.enrolAtSignInHelp}
      />
      <SwitchOption path="security.alerts.factors" label={texts.alertFactors} />
      <SwitchOption path="security.alerts.guessing" label={texts.alertGuessing} />
    </>
  )
}

interface ListProps<Name extends string> {
  readonly path: string
  readonly label: string
  readonly help?: string
  readonly names: readonly Name[]
  readonly labels: Readonly<Record<Name, string>>
}

/** Some of a few names, in their order. */
function ListOption<Name extends string>({ path, label, help, names, labels }: ListProps<Name>) {
  const { value, error, set } = useOption(path)
  const chosen: readonly unknown[] = Array.isArray(value) ? value : []
  return (
    <FieldGroup label={label} help={help} error={error}>
      {names.map((name) => (
        <Checkbox
          key={name}
          label={labels[name]}
          isChecked={chosen.includes(name)}
          onChange={(isOn) =>
            set(names.filter((each) => (each === name ? isOn : chosen.includes(each))))
          }
        />
      ))}
    </FieldGroup>
  )
}
