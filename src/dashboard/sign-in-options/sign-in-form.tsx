import { AlertSection } from './alert-section.tsx'
import { CodeSection } from './code-section.tsx'
import { MfaSection } from './mfa-section.tsx'
import { OAuth2Section } from './oauth2-section.tsx'
import { OptionContext, type OptionForm } from './option-context.ts'
import { PasswordSection } from './password-section.tsx'
import { SecuritySection } from './security-section.tsx'
import styles from './sign-in-options.module.css'
import { TemplateSection } from './template-section.tsx'
import { TokenSection } from './token-section.tsx'

/** The ways in which the accounts of a collection sign in. */
export function SignInForm(props: OptionForm) {
  return (
    <OptionContext value={props}>
      <div className={styles.form}>
        <PasswordSection />
        <OAuth2Section />
        <CodeSection />
        <MfaSection />
        <SecuritySection />
        <AlertSection />
        <TokenSection />
        <TemplateSection />
      </div>
    </OptionContext>
  )
}
