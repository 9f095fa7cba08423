import { Play } from 'lucide-react'
import { useState } from 'react'
import { useTables } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { useViewSample } from '#dashboard/api/view-sample.ts'
import { positionOf } from '#dashboard/operations/sql-text.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CodeEditor, type CodeProblem } from '#dashboard/ui/code-editor/code-editor.tsx'
import { Field } from '#dashboard/ui/field.tsx'
import styles from './schema.module.css'
import { ViewSample } from './view-sample.tsx'

interface QueryProps {
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (query: string) => void
}

const texts = t.schema.query

/** The statement that a view is the result of, and what it returns now. */
export function ViewQuery({ value, error, onChange }: QueryProps) {
  const tables = useTables()
  const [asked, setAsked] = useState(value)
  const { sample, failure, isBusy, retry } = useViewSample(asked)
  const fault = failure === undefined ? undefined : reasonIn(readFailure(failure).message)
  const problem = fault === undefined ? undefined : problemIn(value, fault)
  const run = (): void => (asked === value ? retry() : setAsked(value))
  return (
    <section className={styles.section}>
      <h2>{texts.title}</h2>
      <Field
        label={texts.label}
        help={texts.help}
        error={error ?? messageOf(value, fault, problem)}
      >
        {(control) => (
          <CodeEditor
            id={control.id}
            label={texts.label}
            describedBy={control['aria-describedby']}
            isInvalid={control['aria-invalid'] === true}
            language="sql"
            value={value}
            tables={tables}
            problem={problem}
            onChange={onChange}
            onRun={run}
          />
        )}
      </Field>
      <div>
        <Button
          icon={Play}
          isBusy={isBusy}
          disabledReason={value.trim() === '' ? texts.empty : undefined}
          shortcut="Ctrl+Enter"
          onClick={run}
        >
          {texts.run}
        </Button>
      </div>
      {sample !== undefined && <ViewSample sample={sample} isOld={fault !== undefined} />}
    </section>
  )
}

/** The database's words, without the server's before and the codes behind them. */
function reasonIn(message: string): string {
  const raw = message.split('Raw error:').at(-1) ?? message
  return raw
    .trim()
    .replace(/^SQL logic error: /, '')
    .replace(/ \(\d+\)\.$/, '')
}

function problemIn(query: string, message: string): CodeProblem | undefined {
  const position = positionOf(query, message)
  return position === undefined ? undefined : { ...position, message }
}

function messageOf(
  query: string,
  message: string | undefined,
  problem: CodeProblem | undefined,
): string | undefined {
  if (message === undefined || problem === undefined) return message
  const before = query.slice(0, problem.from).split('\n')
  return texts.faultAt({
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
    message,
  })
}
