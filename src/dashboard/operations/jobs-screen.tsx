import { Play, Timer } from 'lucide-react'
import { readFailure } from '#dashboard/api/failure.ts'
import { type Job, useJobs, useRunJob } from '#dashboard/api/operations/crons.ts'
import { TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Entry, EntryList } from '#dashboard/ui/entry-list.tsx'
import { FailureNote, Mark, Note, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { OperationsHeader } from './operations-header.tsx'
import styles from './operations.module.css'
import { nextRuns, scheduleInWords } from './schedule.ts'

const texts = t.operations.jobs

/** The scheduled jobs, each with its last and next run, and a way to run it now. */
export function JobsScreen() {
  const { data, error, refetch } = useJobs()
  return (
    <>
      <OperationsHeader page="jobs" />
      <div className={styles.page}>
        <TextColumn>
          <p className={styles.intro}>{texts.intro}</p>
          {error !== null && data === undefined ? (
            <FailureNote
              title={texts.unreadable}
              failure={readFailure(error)}
              onRetry={() => void refetch()}
            />
          ) : data === undefined ? (
            <Skeleton lines={8} />
          ) : (
            <EntryList label={texts.list}>
              {data.map((job) => (
                <JobEntry key={job.id} job={job} />
              ))}
            </EntryList>
          )}
        </TextColumn>
      </div>
    </>
  )
}

function JobEntry({ job }: { readonly job: Job }) {
  const { id, expression, lastRun } = job
  const run = useRunJob()
  const known = new Map(Object.entries(texts.known)).get(id)
  const name = known?.name ?? id
  const next = nextRuns(expression, 1)?.[0]
  return (
    <Entry
      icon={<Timer size={20} strokeWidth={1.75} aria-hidden />}
      name={name}
      marks={known !== undefined && <Mark>{texts.own}</Mark>}
      meta={
        <>
          <span title={expression}>
            {scheduleInWords(expression) ?? t.operations.schedule.custom({ expression })}
          </span>
          <span>
            {lastRun === undefined ? (
              texts.never
            ) : (
              <>
                {texts.lastRun} <Time value={lastRun} />
              </>
            )}
          </span>
          {next !== undefined && (
            <span>
              {t.operations.schedule.next} <Time value={next} />
            </span>
          )}
        </>
      }
      actions={
        <Button
          size="small"
          icon={Play}
          isBusy={run.isPending}
          aria-label={texts.runNamed({ name })}
          onClick={() => run.mutate(id)}
        >
          {texts.run}
        </Button>
      }
      after={
        run.error !== null ? (
          <JobFailure error={run.error} />
        ) : run.data === undefined ? undefined : (
          <Note look="success" role="status">
            {texts.ran({ milliseconds: run.data })}
          </Note>
        )
      }
    >
      {known !== undefined && <p>{known.text}</p>}
    </Entry>
  )
}

function JobFailure({ error }: { readonly error: Error }) {
  const failure = readFailure(error)
  const [, reason] = failure.message.split('Raw error:\n')
  return (
    <FailureNote
      title={texts.failed}
      failure={reason === undefined ? failure : { ...failure, message: reason }}
    />
  )
}
