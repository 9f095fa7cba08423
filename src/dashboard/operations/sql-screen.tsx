import { BookOpen, Play, Save, Waypoints } from 'lucide-react'
import { useState } from 'react'
import { useTables } from '#dashboard/api/collections.ts'
import { type Failure, readFailure } from '#dashboard/api/failure.ts'
import { queryClient } from '#dashboard/api/query-client.ts'
import { type SqlResult, useRunSql } from '#dashboard/api/operations/sql.ts'
import { keysText, useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CodeEditor, type CodeProblem } from '#dashboard/ui/code-editor/code-editor.tsx'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { FailureNote, Note } from '#dashboard/ui/states.tsx'
import { OperationsHeader } from './operations-header.tsx'
import { QueriesDialog, SaveDialog } from './sql-queries.tsx'
import { QueryPlan, ResultGrid } from './sql-result.tsx'
import { addRecent, useSqlText } from './sql-store.ts'
import { mayWrite, positionOf, verbOf } from './sql-text.ts'
import styles from './sql.module.css'

const texts = t.operations.sql

interface Outcome {
  readonly kind: 'rows' | 'changes' | 'plan'
  readonly result: SqlResult
}

/** Runs SQL statements, one at a time, and shows their rows. */
export function SqlScreen() {
  const [text, setText] = useSqlText()
  const [selection, setSelection] = useState('')
  const [asked, setAsked] = useState<string>()
  const [outcome, setOutcome] = useState<Outcome>()
  const [problem, setProblem] = useState<CodeProblem>()
  const [layer, setLayer] = useState<'queries' | 'save'>()
  const run = useRunSql()
  const tables = useTables()
  const statement = (selection.trim() === '' ? text : selection).trim()
  const failure = run.error === null ? undefined : readFailure(run.error)

  const send = (query: string, kind: Outcome['kind']): void => {
    setAsked(undefined)
    if (kind !== 'plan') addRecent(query)
    setProblem(undefined)
    const sent = kind === 'plan' ? planWords + query : query
    run.mutate(sent, {
      onError: (error) => setProblem(problemIn(text, sent, readFailure(error))),
      onSuccess: (result) => {
        setOutcome({ kind, result })
        if (kind === 'changes') void queryClient.invalidateQueries()
      },
    })
  }
  const start = (): void => {
    if (statement === '' || run.isPending) return
    if (mayWrite(statement)) setAsked(statement)
    else send(statement, 'rows')
  }
  const disabledReason = statement === '' ? texts.nothingToRun : undefined
  useShortcuts([{ keys: 'Mod+Enter', label: texts.run, run: start }])

  return (
    <div className={styles.screen}>
      <OperationsHeader page="sql" />
      <div className={styles.editing}>
        <p className={styles.notice}>{texts.notice}</p>
        <CodeEditor
          label={texts.editor}
          language="sql"
          value={text}
          tables={tables}
          problem={problem}
          isInvalid={failure !== undefined}
          onChange={setText}
          onSelect={setSelection}
          onRun={start}
        />
        <div className={styles.actions}>
          <Button
            look="primary"
            icon={Play}
            isBusy={run.isPending}
            shortcut={keysText('Mod+Enter')}
            disabledReason={disabledReason}
            onClick={start}
          >
            {selection.trim() === '' ? texts.run : texts.runSelection}
          </Button>
          <Button
            icon={Waypoints}
            disabledReason={disabledReason}
            onClick={() => send(statement, 'plan')}
          >
            {texts.plan}
          </Button>
          <span className={styles.space} />
          <Button look="quiet" icon={BookOpen} onClick={() => setLayer('queries')}>
            {texts.queries}
          </Button>
          <Button
            look="quiet"
            icon={Save}
            disabledReason={disabledReason}
            onClick={() => setLayer('save')}
          >
            {texts.save}
          </Button>
        </div>
        {failure !== undefined && <SqlFailure failure={failure} />}
      </div>
      {failure === undefined && <Result outcome={outcome} isBusy={run.isPending} />}
      {asked !== undefined && (
        <ConfirmDialog
          title={texts.confirmTitle}
          action={texts.confirmAction({ verb: verbOf(asked) })}
          onConfirm={() => send(asked, 'changes')}
          onClose={() => setAsked(undefined)}
        >
          <pre className={styles.asked}>{asked}</pre>
          <p>{texts.confirmText}</p>
          <p>{texts.notice}</p>
        </ConfirmDialog>
      )}
      {layer === 'queries' && (
        <QueriesDialog
          onChoose={(chosen) => {
            setText(chosen)
            setLayer(undefined)
          }}
          onClose={() => setLayer(undefined)}
        />
      )}
      {layer === 'save' && <SaveDialog text={statement} onClose={() => setLayer(undefined)} />}
    </div>
  )
}

const planWords = 'EXPLAIN QUERY PLAN '

/** The position of an error in the text that the statement was taken from. */
function problemIn(text: string, query: string, failure: Failure): CodeProblem | undefined {
  const message = reasonIn(failure)
  const position = positionOf(query, message)
  if (position === undefined) return undefined
  const added = query.startsWith(planWords) ? planWords.length : 0
  const start = text.indexOf(query.slice(added)) - added
  return { from: Math.max(0, start + position.from), to: start + position.to, message }
}

/** The database's words, without the server's before them. */
function reasonIn({ message, fields }: Failure): string {
  const [, raw] = message.split('Raw error:\n')
  return fields.get('query') ?? raw ?? message
}

function SqlFailure({ failure }: { readonly failure: Failure }) {
  const { status } = failure
  if (status !== 400) return <FailureNote title={texts.unknown} failure={failure} />
  const reason = reasonIn(failure)
  return (
    <Note look="danger" role="alert">
      <strong>{texts.failed}</strong>
      <code>{reason}</code>
      {reason.startsWith('only one statement') && <span>{texts.several}</span>}
    </Note>
  )
}

function Result({
  outcome,
  isBusy,
}: {
  readonly outcome: Outcome | undefined
  readonly isBusy: boolean
}) {
  if (outcome === undefined) {
    return isBusy ? null : <p className={styles.before}>{texts.before}</p>
  }
  const { kind, result } = outcome
  if (kind === 'rows') return <ResultGrid result={result} isBusy={isBusy} />
  if (kind === 'plan') return <QueryPlan result={result} />
  return (
    <div className={styles.changes}>
      <Note look="success" role="status">
        <span>
          {texts.changed({ count: result.affectedRows })} ·{' '}
          {texts.duration({ milliseconds: result.execTime })}
        </span>
      </Note>
    </div>
  )
}
