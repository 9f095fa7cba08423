import { Link } from '@tanstack/react-router'
import type { CollectionModel } from 'pocketbase'
import { describeFailure, readFailure } from '#dashboard/api/failure.ts'
import { asText } from '#dashboard/fields/field-type.ts'
import { t } from '#dashboard/text/t.ts'
import { Button, buttonClass } from '#dashboard/ui/button.tsx'
import { saveFile } from '#dashboard/ui/save-file.ts'
import { Note } from '#dashboard/ui/states.tsx'
import { type Table, type TableRow, writeCsv } from './csv.ts'
import type { PlannedRow } from './import-plan.ts'
import { ProblemList } from './problem-list.tsx'
import styles from './transfer.module.css'
import type { ImportOutcome } from './use-import.ts'

const texts = t.records.transfer

interface ImportReportProps {
  readonly collection: CollectionModel
  readonly table: Table
  /** The rows that were not sent. */
  readonly bad: readonly PlannedRow[]
  readonly report: ImportOutcome
}

interface FailedRow {
  readonly row: TableRow
  readonly reason: string
}

/** The result of an import. The rows that failed can be saved, corrected and imported again. */
export function ImportReport({ collection, table, bad, report }: ImportReportProps) {
  const count = (result: string): number =>
    report.done.filter((done) => done.result === result).length
  const failed: FailedRow[] = [
    ...bad.map(({ row, problem }) => ({ row, reason: problem ?? '' })),
    ...[...report.refused].map(([{ row }, error]) => ({ row, reason: reasonOf(error) })),
  ].toSorted((a, b) => a.row.line - b.row.line)
  const sent = report.done.length + failed.length
  const left = table.rows.length - sent
  return (
    <>
      <Note look={failed.length === 0 && left === 0 ? 'success' : 'warning'} role="status">
        <strong>
          {texts.result({
            created: count('created'),
            updated: count('updated'),
            unchanged: count('unchanged'),
            failed: failed.length,
          })}
        </strong>
        {left > 0 && <span>{texts.stopped({ count: left })}</span>}
      </Note>
      {failed.length > 0 && (
        <ProblemList
          title={texts.failedRows}
          problems={failed.map(({ row, reason }) => ({ line: row.line, reason }))}
        />
      )}
      <div className={styles.row}>
        {failed.length > 0 && (
          <Button
            onClick={() =>
              saveFile(`${collection.name}-failed.csv`, failedCsv(table, failed), 'text/csv')
            }
          >
            {texts.saveFailed({ count: failed.length })}
          </Button>
        )}
        <Link
          to="/c/$collection"
          params={{ collection: collection.name }}
          className={buttonClass('primary')}
        >
          {texts.toTable}
        </Link>
      </div>
    </>
  )
}

function reasonOf(error: unknown): string {
  const failure = readFailure(error)
  if (failure.fields.size > 0) {
    return [...failure.fields].map(([name, message]) => `${name}: ${message}`).join(' ')
  }
  return error instanceof Error && failure.status === 0 ? error.message : describeFailure(failure)
}

/** The failed rows as they were, with the reason in a column of its own. */
function failedCsv({ header }: Table, failed: readonly FailedRow[]): string {
  const rows = failed.map(({ row, reason }) => [
    ...header.map((_, index) => asText(row.cells[index])),
    reason,
  ])
  return writeCsv([...header, texts.errorColumn], rows)
}
