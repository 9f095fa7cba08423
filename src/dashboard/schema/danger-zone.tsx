import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import {
  useCollections,
  useDeleteCollection,
  useTruncateCollection,
} from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { useRecordCount } from '#dashboard/api/records/value-count.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import type { Definition } from './definition.ts'
import styles from './schema.module.css'

/** Deleting all records, or the collection. Both say what goes, and want its name typed. */
export function DangerZone({ collection }: { readonly collection: Definition }) {
  const [asked, setAsked] = useState<'truncate' | 'delete'>()
  const { options } = t.schema
  const systemReason = collection.system ? options.system : undefined
  const close = (): void => setAsked(undefined)
  return (
    <section className={styles.section}>
      <h2>{options.danger}</h2>
      <div className={styles.danger}>
        {collection.type !== 'view' && (
          <div className={styles.dangerRow}>
            <div>
              <strong>{options.truncate}</strong>
              <p>{options.truncateHelp}</p>
            </div>
            <Button onClick={() => setAsked('truncate')}>{options.truncate}</Button>
          </div>
        )}
        <div className={styles.dangerRow}>
          <div>
            <strong>{options.remove}</strong>
            <p>{options.removeHelp}</p>
          </div>
          <Button disabledReason={systemReason} onClick={() => setAsked('delete')}>
            {options.remove}
          </Button>
        </div>
      </div>
      {asked === 'truncate' && <TruncateDialog collection={collection} onClose={close} />}
      {asked === 'delete' && <DeleteDialog collection={collection} onClose={close} />}
    </section>
  )
}

interface DialogProps {
  readonly collection: Definition
  readonly onClose: () => void
}

function TruncateDialog({ collection, onClose }: DialogProps) {
  const { mutateAsync, isPending, error } = useTruncateCollection()
  const { options } = t.schema
  const truncate = async (): Promise<void> => {
    await mutateAsync(collection.name)
    showToast({ text: options.truncated(collection) })
    onClose()
  }
  return (
    <ConfirmDialog
      title={options.truncateTitle(collection)}
      action={options.truncate}
      typed={collection.name}
      isBusy={isPending}
      onConfirm={() => void truncate().catch(() => undefined)}
      onClose={onClose}
    >
      <Consequences collection={collection} />
      {error !== null && <FailureNote title={options.notTruncated} failure={readFailure(error)} />}
    </ConfirmDialog>
  )
}

function DeleteDialog({ collection, onClose }: DialogProps) {
  const navigate = useNavigate()
  const { mutateAsync, isPending, error } = useDeleteCollection()
  const { options } = t.schema
  const remove = async (): Promise<void> => {
    await mutateAsync(collection.name)
    showToast({ text: options.removed(collection) })
    await navigate({ to: '/c', ignoreBlocker: true })
  }
  return (
    <ConfirmDialog
      title={options.removeTitle(collection)}
      action={options.remove}
      typed={collection.name}
      isBusy={isPending}
      onConfirm={() => void remove().catch(() => undefined)}
      onClose={onClose}
    >
      <Consequences collection={collection} isDeleted />
      {error !== null && <FailureNote title={options.notRemoved} failure={readFailure(error)} />}
    </ConfirmDialog>
  )
}

interface ConsequencesProps {
  readonly collection: Definition
  readonly isDeleted?: boolean
}

/** The number of deleted records, and the fields of other collections that refer to them. */
function Consequences({ collection, isDeleted = false }: ConsequencesProps) {
  const { data: count, isError } = useRecordCount(collection.name)
  const { data = [] } = useCollections()
  const { options } = t.schema
  const referring = data.flatMap(({ id, name, fields }) =>
    fields
      .filter((field) => field['collectionId'] === collection.id && id !== collection.id)
      .map((field) => ({
        path: `${name}.${field.name}`,
        isCascading: field['cascadeDelete'] === true,
      })),
  )
  const counted = count === undefined ? options.counting : options.losesRecords({ count })
  return (
    <>
      {collection.type === 'view' ? (
        <p>{options.viewGoes}</p>
      ) : (
        <p>{isError ? options.unknownCount : counted}</p>
      )}
      {referring.length > 0 && (
        <div>
          <p>{options.referredBy}</p>
          <ul className={styles.list}>
            {referring.map(({ path, isCascading }) => (
              <li key={path}>
                <code>{path}</code>
                {!isDeleted && `: ${isCascading ? options.cascades : options.loses}`}
              </li>
            ))}
          </ul>
          {isDeleted && <p>{options.mustGoFirst}</p>}
        </div>
      )}
    </>
  )
}
