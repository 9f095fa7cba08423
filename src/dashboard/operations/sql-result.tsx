import { Download } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { SqlResult } from '#dashboard/api/operations/sql.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Grid } from '#dashboard/ui/grid/grid.tsx'
import type { GridColumn } from '#dashboard/ui/grid/grid-types.ts'
import { saveFile } from '#dashboard/ui/save-file.ts'
import { Mark } from '#dashboard/ui/states.tsx'
import { planOf, widthOf } from './sql-text.ts'
import styles from './sql.module.css'

const texts = t.operations.sql

/** The server returns no more rows. */
const maxRows = 1000

interface ResultRow {
  readonly number: number
  readonly cells: readonly (string | null)[]
}

interface ResultGridProps {
  readonly result: SqlResult
  readonly isBusy: boolean
}

/** The rows of a statement. A row opens with its whole values. */
export function ResultGrid({ result, isBusy }: ResultGridProps) {
  const [opened, setOpened] = useState<ResultRow>()
  const rows = useMemo(
    () => result.rows.map((cells, index): ResultRow => ({ number: index + 1, cells })),
    [result],
  )
  const columns = useMemo(() => columnsOf(result), [result])
  const count = rows.length
  return (
    <section className={styles.result} aria-label={texts.result}>
      <div className={styles.facts}>
        <span role="status">
          {texts.rows({ count, isCut: count === maxRows })} ·{' '}
          {texts.duration({ milliseconds: result.execTime })}
        </span>
        {count > 0 && (
          <Button size="small" icon={Download} onClick={() => void downloadCsv(result)}>
            {texts.download}
          </Button>
        )}
      </div>
      {count > 0 && (
        <Grid
          label={texts.result}
          columns={columns}
          rows={rows}
          keyOf={({ number }) => String(number)}
          nameOf={({ number }) => texts.row({ number })}
          total={count}
          sort={[]}
          onSort={() => undefined}
          onOpen={setOpened}
          isBusy={isBusy}
        />
      )}
      {opened !== undefined && (
        <RowDialog result={result} row={opened} onClose={() => setOpened(undefined)} />
      )}
    </section>
  )
}

function columnsOf({ columns, rows }: SqlResult): GridColumn<ResultRow>[] {
  return columns.map(({ name, type }, index) => {
    const values = rows.map((row) => row[index])
    const isNumber = values.some((value) => value !== null) && values.every(isNumeric)
    return {
      key: String(index),
      label: name,
      mark: type === '' ? undefined : <span className={styles.type}>{type}</span>,
      width: widthOf(type === '' ? name : `${name} ${type}`, values),
      ...(isNumber ? { align: 'end' as const } : {}),
      isSortable: false,
      render: ({ cells }) => <Value value={cells[index] ?? null} />,
      copy: ({ cells }) => cells[index] ?? '',
    }
  })
}

function isNumeric(value: string | null | undefined): boolean {
  return value === null || (value !== '' && Number.isFinite(Number(value)))
}

function Value({ value }: { readonly value: string | null }) {
  return value === null ? (
    <span className={styles.null}>NULL</span>
  ) : (
    <span className={styles.value}>{value}</span>
  )
}

interface RowDialogProps {
  readonly result: SqlResult
  readonly row: ResultRow
  readonly onClose: () => void
}

function RowDialog({ result, row, onClose }: RowDialogProps) {
  return (
    <Dialog title={texts.row({ number: row.number })} width="wide" onClose={onClose}>
      <dl className={styles.row}>
        {result.columns.map(({ name }, index) => (
          <div key={index}>
            <dt>{name}</dt>
            <dd>
              <Value value={row.cells[index] ?? null} />
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}

/** Formulas are escaped, because spreadsheets would run them. */
async function downloadCsv({ columns, rows }: SqlResult): Promise<void> {
  const { default: papaparse } = await import('papaparse')
  const fields = columns.map(({ name }) => name)
  const text = papaparse.unparse(
    { fields, data: rows.map((row) => [...row]) },
    { escapeFormulae: true },
  )
  saveFile('result.csv', text, 'text/csv')
}

/** The steps of a query plan; those that read a whole table are marked. */
export function QueryPlan({ result }: { readonly result: SqlResult }) {
  return (
    <section className={styles.plan}>
      <h2>{texts.planTitle}</h2>
      <ol>
        {planOf(result.rows).map(({ id, depth, text, isFullScan }) => (
          <li key={id} style={{ paddingInlineStart: 12 + depth * 24 }}>
            <code>{text}</code>
            {isFullScan && <Mark look="warning">{texts.fullScan}</Mark>}
          </li>
        ))}
      </ol>
    </section>
  )
}
