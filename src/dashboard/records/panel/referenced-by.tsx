import { Link } from '@tanstack/react-router'
import type { CollectionModel } from 'pocketbase'
import { readFailure } from '#dashboard/api/failure.ts'
import { referenceFilter, useReferences } from '#dashboard/api/records/references.ts'
import { labelOf } from '#dashboard/fields/values/record-label.ts'
import { t } from '#dashboard/text/t.ts'
import { EmptyState, FailureNote, Mark, Skeleton } from '#dashboard/ui/states.tsx'
import styles from './panel-parts.module.css'
import { type ReferringField, referringFields } from './referring-fields.ts'

const texts = t.records.references

interface ReferencedByProps {
  readonly collection: CollectionModel
  readonly collections: readonly CollectionModel[]
  readonly recordId: string
}

/** The records that refer to a record, by the field that does. */
export function ReferencedBy({ collection, collections, recordId }: ReferencedByProps) {
  const fields = referringFields(collection, collections)
  if (fields.length === 0) {
    return (
      <EmptyState title={texts.noFields({ name: collection.name })}>
        <p>{texts.noFieldsText}</p>
      </EmptyState>
    )
  }
  return (
    <div className={styles.parts}>
      {fields.map((referring) => (
        <References
          key={`${referring.collection.id} ${referring.field.id}`}
          referring={referring}
          recordId={recordId}
        />
      ))}
    </div>
  )
}

interface ReferencesProps {
  readonly referring: ReferringField
  readonly recordId: string
}

function References({ referring, recordId }: ReferencesProps) {
  const { collection, field, effect } = referring
  const { data, error, refetch } = useReferences(collection.name, field.name, recordId)
  const name = `${collection.name}.${field.name}`
  return (
    <section className={styles.part} aria-label={name}>
      <div className={styles.head}>
        <h3>
          <code>{name}</code>
        </h3>
        <Mark look={effect === 'clear' ? 'neutral' : 'warning'}>{texts.effects[effect]}</Mark>
        {data !== undefined && data.totalItems > 0 && (
          <Link
            to="/c/$collection"
            params={{ collection: collection.name }}
            search={{ filter: referenceFilter(field.name, recordId) }}
            className={styles.end}
          >
            {texts.open({ count: data.totalItems })}
          </Link>
        )}
      </div>
      {error !== null && (
        <FailureNote
          title={t.records.unreadable}
          failure={readFailure(error)}
          onRetry={() => void refetch()}
        />
      )}
      {data === undefined && error === null && <Skeleton lines={2} />}
      {data?.totalItems === 0 && <p className={styles.quiet}>{texts.none}</p>}
      {data !== undefined && data.totalItems > 0 && (
        <ul className={styles.list}>
          {data.items.map((record) => (
            <li key={record.id}>
              <Link
                to="/c/$collection/$record"
                params={{ collection: collection.name, record: record.id }}
              >
                {labelOf(record, collection)}
              </Link>
              {labelOf(record, collection) !== record.id && <code>{record.id}</code>}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
