import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { useArete } from '#dashboard/api/arete.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { t } from '#dashboard/text/t.ts'
import { buttonClass } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { SetupForm } from './setup-form.tsx'
import { useSetupToken } from './setup-token.ts'
import styles from './sign-in.module.css'

/** The screen of the setup link: creates the first superuser, and leads to the collections. */
export function SetupScreen() {
  const navigate = useNavigate()
  const token = useSetupToken()
  const [refused, setRefused] = useState<string>()
  const { data, error, refetch } = useArete()
  useEffect(() => {
    document.title = t.setup.title
  }, [])

  if (error !== null) {
    return (
      <Page title={t.setup.title}>
        <FailureNote
          title={t.setup.failedTitle}
          failure={readFailure(error)}
          onRetry={() => void refetch()}
        />
      </Page>
    )
  }
  if (data === undefined) {
    return (
      <Page title={t.setup.title}>
        <Skeleton lines={4} />
      </Page>
    )
  }
  const { setup, appName } = data.dashboard
  if (!setup) {
    return (
      <Page title={t.setup.doneTitle} intro={t.setup.done}>
        <Link to="/sign-in" className={buttonClass('primary')}>
          {t.setup.signIn}
        </Link>
      </Page>
    )
  }
  if (token === undefined || token === refused) {
    return (
      <Page title={token === undefined ? t.setup.missingTitle : t.setup.invalidTitle}>
        <div className={styles.form}>
          <p>{token === undefined ? t.setup.missing : t.setup.invalid}</p>
          <Command text={t.setup.startCommand} />
          <Command text={t.setup.deployCommand} />
        </div>
      </Page>
    )
  }
  return (
    <Page title={t.setup.title} intro={t.setup.intro({ appName })}>
      <SetupForm
        key={token}
        token={token}
        onDone={() => void navigate({ to: '/c', replace: true })}
        onRefused={() => {
          setRefused(token)
          void refetch()
        }}
      />
    </Page>
  )
}

interface PageProps {
  readonly title: string
  readonly intro?: string
  readonly children: ReactNode
}

function Page({ title, intro, children }: PageProps) {
  return (
    <main className={styles.page}>
      <div className={styles.head}>
        <img src="/favicon.ico" alt="" className={styles.mark} />
        <h1>{title}</h1>
        {intro !== undefined && <p className={styles.intro}>{intro}</p>}
      </div>
      <div className={styles.card}>{children}</div>
    </main>
  )
}

function Command({ text }: { readonly text: string }) {
  return (
    <div className={styles.command}>
      <code>{text}</code>
      <CopyButton text={text} />
    </div>
  )
}
