import { Check, Minus, X } from 'lucide-react'
import type { Clause, ComparisonClause } from '#dashboard/api/explain.ts'
import { t } from '#dashboard/text/access-texts.ts'
import { classNames } from '#dashboard/ui/class-names.ts'
import { Mark } from '#dashboard/ui/states.tsx'
import styles from './clauses.module.css'
import { shownValue } from './shown-value.ts'

interface TreeProps {
  readonly tree: Clause
  readonly deciding: Clause | undefined
}

/** A rule as clauses, one below the other. A bar groups those that belong together. */
export function ClauseTree({ tree, deciding }: TreeProps) {
  return (
    <ul className={styles.tree}>
      <ClauseItem clause={tree} deciding={deciding} />
    </ul>
  )
}

interface ItemProps {
  readonly clause: Clause
  readonly deciding: Clause | undefined
}

function ClauseItem({ clause, deciding }: ItemProps) {
  const isDeciding = clause === deciding
  return (
    <li
      className={classNames(styles.item, isDeciding && styles.deciding)}
      data-holds={clause.holds}
    >
      <div className={styles.line}>
        <HoldsSign holds={clause.holds} />
        {clause.kind === 'comparison' ? (
          <code className={styles.text}>{clause.text}</code>
        ) : (
          <span className={styles.group}>{t.explain.groups[clause.kind]}</span>
        )}
        {isDeciding && (
          <Mark look={clause.holds === true ? 'success' : 'danger'}>{t.explain.decides}</Mark>
        )}
      </div>
      {clause.kind === 'comparison' && <Values clause={clause} />}
      {clause.hint !== undefined && <p className={styles.hint}>{clause.hint}</p>}
      {clause.kind !== 'comparison' && (
        <ul className={styles.nested}>
          {clause.nodes.map((node, at) => (
            <ClauseItem key={at} clause={node} deciding={deciding} />
          ))}
        </ul>
      )}
    </li>
  )
}

function HoldsSign({ holds }: { readonly holds: boolean | null }) {
  const { explain } = t
  const [Icon, label] =
    holds === null ? [Minus, explain.unknown] : holds ? [Check, explain.holds] : [X, explain.fails]
  return (
    <span className={styles.sign}>
      <Icon size={14} strokeWidth={2.5} aria-hidden />
      <span className="visually-hidden">{label}: </span>
    </span>
  )
}

function Values({ clause }: { readonly clause: ComparisonClause }) {
  if (clause.holds === null) return null
  const { left, right, leftValues, rightValues, failing, sign } = clause
  return (
    <p className={styles.values}>
      <Side value={left} values={leftValues} failing={failing} />
      <code className={styles.between}>{sign}</code>
      <Side value={right} values={rightValues} failing={failing} />
    </p>
  )
}

interface SideProps {
  readonly value: unknown
  readonly values: readonly unknown[] | undefined
  readonly failing: unknown
}

function Side({ value, values, failing }: SideProps) {
  if (values === undefined) return <code>{shownValue(value)}</code>
  return (
    <span className={styles.side}>
      {values.map((each, at) => (
        <code
          key={at}
          className={classNames(
            failing !== undefined &&
              JSON.stringify(each) === JSON.stringify(failing) &&
              styles.failing,
          )}
        >
          {shownValue(each)}
        </code>
      ))}
    </span>
  )
}
