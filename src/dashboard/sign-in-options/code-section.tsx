import { t } from '#dashboard/text/definition-texts.ts'
import { useOption } from './option-context.ts'
import { DurationOption, NumberOption, OptionSection, SwitchOption } from './option-inputs.tsx'
import styles from './sign-in-options.module.css'

const texts = t.signInOptions.code

/** One-time codes by mail. */
export function CodeSection() {
  const { value: isEnabled } = useOption('otp.enabled')
  return (
    <OptionSection title={texts.title}>
      <SwitchOption path="otp.enabled" label={texts.enabled} />
      {isEnabled === true && (
        <div className={styles.pair}>
          <DurationOption path="otp.duration" label={texts.duration} />
          <NumberOption path="otp.length" label={texts.length} />
        </div>
      )}
    </OptionSection>
  )
}
