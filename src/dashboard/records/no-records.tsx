import { Plus } from 'lucide-react'
import type { CollectionModel } from 'pocketbase'
import { formFieldsOf } from '#dashboard/records/panel/form-values.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { EmptyState } from '#dashboard/ui/states.tsx'
import styles from './no-records.module.css'

interface NoRecordsProps {
  readonly collection: CollectionModel
  readonly isReadOnly: boolean
  readonly onCreate: () => void
}

/** The empty state of a collection: two ways to create the first record. */
export function NoRecords({ collection, isReadOnly, onCreate }: NoRecordsProps) {
  const { name, type } = collection
  const title = t.records.emptyTitle({ name })
  if (type === 'view') return <EmptyState title={title} />
  if (isReadOnly) return <EmptyState title={t.records.viewAs.none({ name })} />
  const sample = sampleOf(collection)
  return (
    <EmptyState
      title={title}
      actions={
        <Button icon={Plus} onClick={onCreate}>
          {t.records.newRecord}
        </Button>
      }
    >
      <p>{t.records.emptyText}</p>
      <div className={styles.sample}>
        <pre>{sample}</pre>
        <CopyButton text={sample} />
      </div>
    </EmptyState>
  )
}

/** A call of the SDK that works as it is pasted, where the rules let the caller in. */
function sampleOf(collection: CollectionModel): string {
  const field = formFieldsOf(collection).find(
    (each) => each['primaryKey'] !== true && each.type === 'text',
  )
  const body =
    collection.type === 'auth'
      ? "{ email: 'ann@example.com', password: 'a long password', passwordConfirm: 'a long password' }"
      : field === undefined
        ? '{}'
        : `{ ${field.name}: 'Hello' }`
  return `await client.collection('${collection.name}').create(${body})`
}
