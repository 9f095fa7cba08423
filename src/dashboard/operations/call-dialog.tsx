import { RotateCcw } from 'lucide-react'
import { readFailure } from '#dashboard/api/failure.ts'
import { useCall, useRunCall } from '#dashboard/api/operations/functions.ts'
import { formatMilliseconds } from '#dashboard/text/format.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { FailureNote, Note, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { CallMark } from './call-list.tsx'
import styles from './operations.module.css'

const texts = t.operations.functions

interface DialogProps {
  readonly id: string
  readonly onClose: () => void
}

/** One call with its payload and attempts, and a way to run it again. */
export function CallDialog({ id, onClose }: DialogProps) {
  const { data, error, refetch } = useCall(id)
  const run = useRunCall()
  return (
    <Dialog
      title={texts.callTitle}
      width="wide"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.general.close}</Button>
          {data !== undefined && (
            <Button
              icon={RotateCcw}
              isBusy={run.isPending}
              disabledReason={data.running ? texts.underWay : undefined}
              onClick={() => run.mutate(id)}
            >
              {texts.again}
            </Button>
          )}
        </>
      }
    >
      {error !== null && (
        <FailureNote
          title={texts.callUnreadable}
          failure={readFailure(error)}
          onRetry={() => void refetch()}
        />
      )}
      {run.error !== null && <FailureNote title={texts.notRun} failure={readFailure(run.error)} />}
      {run.isSuccess && (
        <Note look="success" role="status">
          {texts.runAgain}
        </Note>
      )}
      {data === undefined && error === null && <Skeleton lines={6} />}
      {data !== undefined && (
        <>
          <dl className={styles.facts}>
            <dt>{texts.function}</dt>
            <dd>
              <code>{data.webhook}</code>
            </dd>
            <dt>{texts.id}</dt>
            <dd>
              <code>{data.id}</code> <CopyButton text={data.id} />
            </dd>
            <dt>{texts.state}</dt>
            <dd>
              <CallMark {...data} />
            </dd>
            <dt>{texts.attemptsLabel}</dt>
            <dd>{data.attempts}</dd>
            {data.attempted !== '' && (
              <>
                <dt>{texts.last}</dt>
                <dd>
                  <Time value={data.attempted} /> · {formatMilliseconds(data.tookMs)}
                </dd>
              </>
            )}
            {data.next !== '' && (
              <>
                <dt>{texts.next}</dt>
                <dd>
                  <Time value={data.next} />
                </dd>
              </>
            )}
            {data.error !== '' && (
              <>
                <dt>{texts.error}</dt>
                <dd>{data.error}</dd>
              </>
            )}
          </dl>
          {data.body !== '' && (
            <div>
              <h3>{texts.payload}</h3>
              <pre className={styles.payload}>{data.body}</pre>
            </div>
          )}
        </>
      )}
    </Dialog>
  )
}
