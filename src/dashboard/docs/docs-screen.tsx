import { Link } from '@tanstack/react-router'
import { Download, KeyRound } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { session } from '#dashboard/api/client.ts'
import { useApiDocument } from '#dashboard/api/description.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { useSessionState } from '#dashboard/api/session.ts'
import { t } from '#dashboard/text/docs-texts.ts'
import { Button, buttonClass } from '#dashboard/ui/button.tsx'
import { saveFile } from '#dashboard/ui/save-file.ts'
import { EmptyState, FailureNote, Mark, Skeleton } from '#dashboard/ui/states.tsx'
import styles from './docs.module.css'

const { docs: text } = t

const SwaggerView = lazy(async () => ({
  default: (await import('./swagger-view.tsx')).SwaggerView,
}))

/** The page of the API, for the dashboard's users and, where it is public, for everyone. */
export function DocsScreen() {
  const { data, error, refetch } = useApiDocument()
  const isSignedIn = useSessionState() === 'signedIn'
  const [token, setToken] = useState('')
  const title = data?.info.title ?? text.pageTitle
  useEffect(() => {
    document.title = title
  }, [title])
  const failure = error === null ? undefined : readFailure(error)
  const isClosed = failure?.status === 401 || failure?.status === 403
  return (
    <main className={styles.page}>
      <header className={styles.header}>
        <h1>{title}</h1>
        {data !== undefined && (
          <div className={styles.acts}>
            {isSignedIn &&
              (token === '' ? (
                <Button
                  icon={KeyRound}
                  aria-describedby="session-help"
                  onClick={() => setToken(session.token)}
                >
                  {text.takeSession}
                </Button>
              ) : (
                <span role="status">
                  <Mark look="accent">{text.sessionUsed}</Mark>
                </span>
              ))}
            <Button
              icon={Download}
              onClick={() =>
                saveFile('openapi.json', JSON.stringify(data, null, 2), 'application/json')
              }
            >
              {text.downloadDocument}
            </Button>
            {isSignedIn && (
              <Link to="/" className={buttonClass('quiet')}>
                {text.dashboard}
              </Link>
            )}
          </div>
        )}
        {isSignedIn && data !== undefined && (
          <p id="session-help" className={styles.muted}>
            {text.sessionHelp}
          </p>
        )}
      </header>
      {isClosed && (
        <EmptyState
          title={text.closedTitle}
          actions={
            <Link to="/sign-in" search={{ next: '/docs' }} className={buttonClass('primary')}>
              {text.signIn}
            </Link>
          }
        >
          <p>{text.closed}</p>
        </EmptyState>
      )}
      {failure !== undefined && !isClosed && (
        <FailureNote
          title={text.documentUnreadable}
          failure={failure}
          onRetry={() => void refetch()}
        />
      )}
      {data === undefined && failure === undefined && <Skeleton lines={10} />}
      {data !== undefined && (
        <Suspense fallback={<Skeleton lines={10} />}>
          <SwaggerView document={data} token={token} />
        </Suspense>
      )}
    </main>
  )
}
