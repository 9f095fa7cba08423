import { t } from '#dashboard/text/definition-texts.ts'
import { OptionSection } from './option-inputs.tsx'
import styles from './sign-in-options.module.css'
import { TemplateForm } from './template-form.tsx'

const texts = t.signInOptions.templates

/** The mails to accounts. */
export function TemplateSection() {
  return (
    <OptionSection title={texts.title} help={texts.help}>
      <div className={styles.templates}>
        {mails.map((mail) => (
          <TemplateForm key={mail.path} {...mail} />
        ))}
      </div>
    </OptionSection>
  )
}

const mails = [
  { path: 'verificationTemplate', template: 'verification', placeholders: ['{TOKEN}'] },
  { path: 'resetPasswordTemplate', template: 'password-reset', placeholders: ['{TOKEN}'] },
  { path: 'confirmEmailChangeTemplate', template: 'email-change', placeholders: ['{TOKEN}'] },
  { path: 'otp.emailTemplate', template: 'otp', placeholders: ['{OTP}', '{OTP_ID}'] },
  { path: 'authAlert.emailTemplate', template: 'login-alert', placeholders: ['{ALERT_INFO}'] },
] as const
