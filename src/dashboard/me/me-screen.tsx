import type { RecordModel } from 'pocketbase'
import type { ReactNode } from 'react'
import { OwnFactors } from '#dashboard/factors/own-factors.tsx'
import { t as factorTexts } from '#dashboard/text/factor-texts.ts'
import { SessionList } from '#dashboard/access/session-list.tsx'
import { useAccount } from '#dashboard/api/session.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/t.ts'
import { EmailForm, PasswordForm } from './account-forms.tsx'
import styles from './me.module.css'
import { Preferences } from './preferences-form.tsx'

/** The account that is signed in: its address, password, sessions and preferences. */
export function MeScreen() {
  const account = useAccount()
  return (
    <>
      <ScreenHeader title={t.me.title} />
      <TextColumn>
        {account !== null && <Account key={account.id} account={account} />}
        <Section title={t.me.preferences}>
          <p className={styles.quiet}>{t.me.preferencesText}</p>
          <Preferences />
        </Section>
      </TextColumn>
    </>
  )
}

function Account({ account }: { readonly account: RecordModel }) {
  return (
    <>
      <Section title={t.me.emailTitle}>
        <EmailForm account={account} />
      </Section>
      <Section title={t.me.passwordTitle}>
        <PasswordForm account={account} />
      </Section>
      <Section title={factorTexts.factors.title}>
        <OwnFactors account={account} />
      </Section>
      <Section title={t.sessions.title}>
        <SessionList collection={account.collectionName} recordId={account.id} />
      </Section>
    </>
  )
}

interface SectionProps {
  readonly title: string
  readonly children: ReactNode
}

function Section({ title, children }: SectionProps) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}
