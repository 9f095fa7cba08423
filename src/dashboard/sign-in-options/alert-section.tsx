import { t } from '#dashboard/text/definition-texts.ts'
import { OptionSection, SwitchOption } from './option-inputs.tsx'

const texts = t.signInOptions.alert

/** The mail after a sign-in from a new place. */
export function AlertSection() {
  return (
    <OptionSection title={texts.title}>
      <SwitchOption path="authAlert.enabled" label={texts.enabled} help={texts.help} />
    </OptionSection>
  )
}
