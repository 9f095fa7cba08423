import type { PlannedChange, SchemaChange } from '#dashboard/api/schema.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Mark } from '#dashboard/ui/states.tsx'
import schemaStyles from '#dashboard/schema/schema.module.css'
import styles from './definitions.module.css'

const texts = t.schemaHistory
const kinds: Readonly<Record<string, (values: { readonly name: string }) => string>> = texts.kinds

/** Changes of definitions as lines, with the values before and after. */
export function ChangeLines({ changes }: { readonly changes: readonly SchemaChange[] }) {
  return (
    <ul className={styles.lines}>
      {changes.map((change) => (
        <li key={JSON.stringify(change)}>
          <span className={styles.line}>
            {lineOf(change)}
            {change.access !== undefined && (
              <Mark look={change.access === 'opens' ? 'warning' : 'neutral'}>
                {texts.access[change.access]}
              </Mark>
            )}
            {'risk' in change && <RiskMark {...(change as PlannedChange)} />}
          </span>
          <Values {...change} />
        </li>
      ))}
    </ul>
  )
}

function RiskMark({ risk, rows = 0 }: PlannedChange) {
  if (risk === 'safe') return null
  if (risk === 'destructive') {
    return <Mark look="danger">{texts.risks.destructive({ count: rows })}</Mark>
  }
  return <Mark look={risk === 'blocked' ? 'danger' : 'warning'}>{texts.risks[risk]}</Mark>
}

/** A change in words; a kind of a newer server stands for itself. */
function lineOf(change: SchemaChange): string {
  const { kind, collection, field, option, rule } = change
  const parts = [collection, field, kind === 'field.rename' ? undefined : option, rule]
  const name = parts.filter((part) => part !== undefined).join('.')
  return kinds[kind]?.({ name }) ?? `${kind} ${name}`
}

function Values({ kind, from, to, index }: SchemaChange) {
  if (index !== undefined) return <code className={styles.value}>{index}</code>
  // The new order is the list of the fields, which says little.
  if (kind === 'field.order' || (from === undefined && to === undefined)) return null
  return (
    <dl className={schemaStyles.beforeAfter}>
      <dt>{t.schema.changes.before}</dt>
      <dd>{valueText(from)}</dd>
      <dt>{t.schema.changes.after}</dt>
      <dd>{valueText(to)}</dd>
    </dl>
  )
}

function valueText(value: unknown): string {
  if (value === undefined) return t.general.noValue
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value)
}
