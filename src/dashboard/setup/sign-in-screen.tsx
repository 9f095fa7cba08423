import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useArete } from '#dashboard/api/arete.ts'
import { sessionState } from '#dashboard/api/session.ts'
import { t } from '#dashboard/text/t.ts'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { SignInForm } from './sign-in-form.tsx'
import styles from './sign-in.module.css'

const route = getRouteApi('/sign-in')

/** The sign-in screen. Afterwards the path in `next` is shown. */
export function SignInScreen() {
  const { next } = route.useSearch()
  const { history, navigate } = useRouter()
  const { data } = useArete()
  const leave = (): void => {
    const target = safePath(next)
    if (target === undefined) void navigate({ to: '/', replace: true })
    else history.replace(import.meta.env.BASE_URL.replace(/\/$/, '') + target)
  }
  useEffect(() => {
    document.title = t.signIn.title
    if (sessionState() === 'signedIn') leave()
  })
  return (
    <main className={styles.page}>
      <div className={styles.head}>
        <img src="/favicon.ico" alt="" className={styles.mark} />
        <h1>{t.signIn.title}</h1>
        <p>{t.signIn.intro({ appName: location.host })}</p>
      </div>
      <div className={styles.card}>
        <SignInForm onDone={leave} />
      </div>
      <div className={styles.help}>
        <p>{data?.dashboard.setup === true ? t.signIn.setup : t.signIn.forgotten}</p>
        <div className={styles.command}>
          <code>{t.signIn.command}</code>
          <CopyButton text={t.signIn.command} />
        </div>
      </div>
    </main>
  )
}

/** A path in the dashboard; undefined for anything that could lead to another origin. */
function safePath(next: string | undefined): string | undefined {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : undefined
}
