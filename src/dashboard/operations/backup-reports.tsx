import { type TaskReport, useHealth } from '#dashboard/api/operations/health.ts'
import { t } from '#dashboard/text/t.ts'
import { Note } from '#dashboard/ui/states.tsx'

const texts = t.operations.backups

/** The task that runs, and what went wrong with the last ones. */
export function BackupReports() {
  const { data, isError } = useHealth()
  const lastBackup = data?.lastBackup
  const lastRestore = data?.lastRestore
  if (data?.canBackup === false) {
    return (
      <Note role="status">
        <span>{isError ? texts.reconnecting : texts.busy}</span>
      </Note>
    )
  }
  return (
    <>
      {lastBackup?.outcome === 'failed' && (
        <Note look="danger">
          {texts.lastFailed({ name: lastBackup.key, reason: lastBackup.reason })}
        </Note>
      )}
      {lastRestore?.outcome === 'failed' && (
        <Note look="danger">
          {texts.restoreFailed({ name: lastRestore.key, reason: lastRestore.reason })}
        </Note>
      )}
      <Incomplete report={lastBackup} />
    </>
  )
}

/** Some values cannot be in an archive; the report counts them. */
function Incomplete({ report }: { readonly report: TaskReport | null | undefined }) {
  const count = (report?.missing.length ?? 0) + (report?.leftOut.length ?? 0)
  if (!report || count === 0) return null
  return <Note look="warning">{texts.incomplete({ name: report.key, count })}</Note>
}
