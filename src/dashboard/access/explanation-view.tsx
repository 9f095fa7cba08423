import { CircleCheck, CircleX } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { ExplainInput, Explanation } from '#dashboard/api/explain.ts'
import { t } from '#dashboard/text/access-texts.ts'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { Mark } from '#dashboard/ui/states.tsx'
import { ClauseTree } from './clause-tree.tsx'
import styles from './explain.module.css'
import { caseOf } from './explained-request.ts'
import { shownValue } from './shown-value.ts'
import { decidingClause, sentenceOf, textOf } from './verdict-sentence.ts'

const { explain: text } = t

interface ExplanationProps {
  readonly explanation: Explanation
  readonly input: ExplainInput
}

/** The answer: a sentence, what the client receives, and the rule as clauses. */
export function ExplanationView({ explanation, input }: ExplanationProps) {
  const { allowed, tree, rows, also, counts, data, draft, rule, ruleName } = explanation
  const sentence = sentenceOf(explanation, input.action, input.record)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [explanation])
  const Icon = allowed ? CircleCheck : CircleX
  const isKnown = Object.hasOwn(t.schema.rules.names, ruleName)
  const name = isKnown
    ? t.schema.rules.names[ruleName as keyof typeof t.schema.rules.names]
    : ruleName
  return (
    <article className={styles.answer}>
      <div className={styles.verdict} data-allowed={allowed}>
        <Icon size={24} strokeWidth={1.75} aria-hidden />
        <div>
          <h2 ref={heading} tabIndex={-1} className={styles.sentence}>
            {sentence}
          </h2>
          <Received explanation={explanation} />
        </div>
      </div>
      <Issues data={data} />
      <section
        className={styles.rule}
        aria-label={text.ruleOf({ rule: name, collection: input.collection })}
      >
        <div className={styles.ruleHead}>
          <h3>{text.ruleOf({ rule: name, collection: input.collection })}</h3>
          {draft && <Mark look="accent">{text.isDraft}</Mark>}
        </div>
        {tree === null ? (
          <RuleWithoutClauses rule={rule} />
        ) : (
          <ClauseTree tree={tree} deciding={decidingClause(tree)} />
        )}
      </section>
      {rows !== null && rows.joined > 0 && <Rows rows={rows} />}
      {counts !== undefined && <p className={styles.counts}>{text.counts(counts)}</p>}
      {also.length > 0 && (
        <section className={styles.section}>
          <h3>{text.alsoTitle}</h3>
          <ul className={styles.also}>
            {also.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      )}
      <div className={styles.acts}>
        <CopyButton text={textOf(explanation, sentence)} label={text.copyText} />
        <CopyButton text={caseOf(input, allowed)} label={text.copyCase} />
      </div>
    </article>
  )
}

function Received({ explanation: { status, message } }: { readonly explanation: Explanation }) {
  if (status === null) return <p className={styles.received}>{text.receivesNothing}</p>
  return (
    <p className={styles.received}>
      {text.receives} <code>{status}</code> {message}
    </p>
  )
}

/** A rule that is closed or open, or that was not asked. */
function RuleWithoutClauses({ rule }: { readonly rule: string | null }) {
  if (rule === null) return <p className={styles.plain}>{t.access.rules.closed}</p>
  if (rule === '') return <p className={styles.plain}>{t.access.rules.open}</p>
  return (
    <p className={styles.plain}>
      <code>{rule}</code>
    </p>
  )
}

function Issues({ data }: { readonly data: Explanation['data'] }) {
  const issues = Object.entries(data)
  if (issues.length === 0) return null
  return (
    <section className={styles.section}>
      <h3>{text.issues}</h3>
      <dl className={styles.issues}>
        {issues.map(([field, issue]) => (
          <div key={field}>
            <dt>
              <code>{field}</code>
            </dt>
            <dd>{messageOf(issue)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function messageOf(issue: unknown): string {
  const message = (issue as { readonly message?: unknown } | null)?.message
  return typeof message === 'string' ? message : JSON.stringify(issue)
}

const mostCounted = 1000

function Rows({ rows }: { readonly rows: NonNullable<Explanation['rows']> }) {
  const columns = Object.keys(rows.sample[0] ?? {})
  return (
    <section className={styles.section}>
      <h3>{text.rowsTitle}</h3>
      <p>{rows.joined >= mostCounted ? text.rowsMany : text.rows(rows)}</p>
      {/* One column says nothing that the clause does not. */}
      {columns.length > 1 && <RowTable rows={rows.sample} columns={columns} />}
    </section>
  )
}

interface RowTableProps {
  readonly rows: NonNullable<Explanation['rows']>['sample']
  readonly columns: readonly string[]
}

function RowTable({ rows, columns }: RowTableProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls needs the keyboard
    <div className={styles.scroll} role="region" aria-label={text.rowsTitle} tabIndex={0}>
      <table className={styles.rows}>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                <code>{name}</code>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {columns.map((name) => (
                <td key={name}>
                  <code>{shownValue(row[name])}</code>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
