import { useRecordCount } from '#dashboard/api/records/value-count.ts'
import { ChangeList } from '#dashboard/schema/changes/change-list.tsx'
import { t } from '#dashboard/text/definition-texts.ts'
import { Mark } from '#dashboard/ui/states.tsx'
import styles from './definitions.module.css'
import type { Difference } from './differences.ts'

interface ListProps {
  readonly differences: readonly Difference[]
  readonly ticked: ReadonlySet<string>
  readonly onTick: (key: string, isTicked: boolean) => void
}

const looks = { added: 'success', changed: 'neutral', removed: 'danger' } as const

/** The differences of each collection, side by side. */
export function DifferenceList({ differences, ticked, onTick }: ListProps) {
  const needsTicks = differences.some(({ changes }) =>
    changes.some(({ needsConsent }) => needsConsent),
  )
  return (
    <div className={styles.section}>
      <h3>{t.definitions.differences}</h3>
      {needsTicks && <p>{t.schema.changes.tick}</p>}
      {differences.map(({ name, kind, stored, changes }) => (
        <section key={`${kind} ${name}`} className={styles.difference} aria-label={name}>
          <h4>
            {name} <Mark look={looks[kind]}>{t.definitions.kinds[kind]}</Mark>
          </h4>
          {kind === 'removed' && stored !== undefined && <LostRecords collection={stored} />}
          <ChangeList collection={stored} changes={changes} ticked={ticked} onTick={onTick} />
        </section>
      ))}
    </div>
  )
}

function LostRecords({ collection }: { readonly collection: string }) {
  const { data } = useRecordCount(collection)
  if (data === undefined) return null
  return <p className={styles.lost}>{t.schema.options.losesRecords({ count: data })}</p>
}
