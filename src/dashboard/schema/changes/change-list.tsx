import { useMatchCount, useValueCount } from '#dashboard/api/records/value-count.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Checkbox } from '#dashboard/ui/field.tsx'
import { Mark } from '#dashboard/ui/states.tsx'
import type { Change } from './changes.ts'
import type { FieldDefinition } from '#dashboard/schema/definition.ts'
import styles from '#dashboard/schema/schema.module.css'

interface ListProps {
  /** The stored name of the collection, to count its records; undefined if there is none yet. */
  readonly collection: string | undefined
  readonly changes: readonly Change[]
  readonly ticked: ReadonlySet<string>
  readonly onTick: (key: string, isTicked: boolean) => void
}

/** The lines of a change. Lines that need consent can be ticked. */
export function ChangeList({ collection, changes, ticked, onTick }: ListProps) {
  return (
    <ul className={styles.changes}>
      {changes.map((change) => (
        <li key={change.key}>
          {change.needsConsent ? (
            <Checkbox
              label={<Line change={change} collection={collection} />}
              isChecked={ticked.has(change.key)}
              onChange={(isTicked) => onTick(change.key, isTicked)}
            />
          ) : (
            change.text
          )}
          <div className={change.needsConsent ? styles.belowTick : undefined}>
            <Details change={change} collection={collection} />
          </div>
        </li>
      ))}
    </ul>
  )
}

interface PartProps {
  readonly change: Change
  readonly collection: string | undefined
}

function Line({ change, collection }: PartProps) {
  const { text, dropped } = change
  if (dropped === undefined || collection === undefined) return text
  return (
    <>
      {text}: <Lost field={dropped} collection={collection} />
    </>
  )
}

function Lost({ field, collection }: { readonly field: FieldDefinition; collection: string }) {
  const { data } = useValueCount(collection, field)
  return t.schema.changes.values({ count: data })
}

/** Everything below the line: the rule before and after, names that are left, broken limits. */
function Details({ change, collection }: PartProps) {
  const { before, after, namedBy = [], broken, isSlow = false, opens = false } = change
  return (
    <>
      {opens && <Mark look="warning">{t.schema.changes.access}</Mark>}
      {isSlow && <div className={styles.consequence}>{t.schema.changes.slow}</div>}
      {before !== undefined && after !== undefined && (
        <dl className={styles.beforeAfter}>
          <dt>{t.schema.changes.before}</dt>
          <dd>{before}</dd>
          <dt>{t.schema.changes.after}</dt>
          <dd>{after}</dd>
        </dl>
      )}
      {namedBy.length > 0 && (
        <div className={styles.consequence}>
          {t.schema.changes.namedBy}
          <ul className={styles.list}>
            {namedBy.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </div>
      )}
      {broken !== undefined && collection !== undefined && (
        <Broken filter={broken} collection={collection} />
      )}
    </>
  )
}

function Broken({ filter, collection }: { readonly filter: string; readonly collection: string }) {
  const { data, isError } = useMatchCount(collection, filter)
  if (isError || data === 0) return null
  const { broken, counting } = t.schema.changes
  return (
    <div className={styles.consequence}>
      {data === undefined ? counting : broken({ count: data })}
    </div>
  )
}
