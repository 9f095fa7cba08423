import { useQuery } from '@tanstack/react-query'
import type { CollectionModel } from 'pocketbase'
import { useState } from 'react'
import {
  countReferences,
  type DeletionReport,
  useDeleteRecords,
} from '#dashboard/api/records/records.ts'
import { t } from '#dashboard/text/t.ts'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { ManyReportDialog } from './many-report-dialog.tsx'
import { referringFields } from '#dashboard/records/panel/referring-fields.ts'

interface DeleteDialogProps {
  readonly collection: CollectionModel
  readonly collections: readonly CollectionModel[]
  readonly ids: readonly string[]
  /** The label of a single record. */
  readonly name: string
  readonly onClose: () => void
  readonly onDeleted: (report: DeletionReport) => void
}

/** Says what a deletion takes along before it happens, and what it could not do afterwards. */
export function DeleteDialog({
  collection,
  collections,
  ids,
  name,
  onClose,
  onDeleted,
}: DeleteDialogProps) {
  const remove = useDeleteRecords(collection.name)
  const [report, setReport] = useState<DeletionReport>()
  const consequences = useConsequences(collection, collections, ids)
  const count = ids.length

  const confirm = async (): Promise<void> => {
    const done = await remove.mutateAsync(ids)
    onDeleted(done)
    if (done.refused.size > 0) setReport(done)
    else {
      showToast({ text: t.records.deleted({ count }) })
      onClose()
    }
  }

  if (report !== undefined) {
    const { deleted, refused } = report
    return (
      <ManyReportDialog
        title={t.records.refused}
        text={t.records.deletedPartly({
          deleted: deleted.length,
          all: count,
          refused: refused.size,
        })}
        refused={refused}
        onClose={onClose}
      />
    )
  }
  return (
    <ConfirmDialog
      title={t.records.deleteTitle({ count, name })}
      action={t.records.deleteConfirm({ count })}
      isBusy={remove.isPending}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      {consequences.isPending ? (
        <p role="status">{t.records.deleteCounting}</p>
      ) : consequences.isError ? (
        <p>{t.records.deleteUncounted}</p>
      ) : consequences.data.length === 0 ? (
        <p>{count === 1 ? t.records.deleteNothingElse : t.records.deleteNothingElseMany}</p>
      ) : (
        <ul>
          {consequences.data.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <p>{t.records.deleteFinal}</p>
    </ConfirmDialog>
  )
}

/** Ids in one filter; beyond that it would be refused for its length. */
const maxIds = 50

/** The effects on records that refer to these, one sentence per field. */
function useConsequences(
  own: CollectionModel,
  collections: readonly CollectionModel[],
  ids: readonly string[],
) {
  return useQuery({
    queryKey: ['records', own.name, 'references', ids],
    queryFn: async () => {
      const consequences = await Promise.all(
        referringFields(own, collections).map(async ({ collection, field, effect }) => {
          let count = 0
          for (let at = 0; at < ids.length; at += maxIds) {
            count += await countReferences(collection.name, field.name, ids.slice(at, at + maxIds))
          }
          if (count === 0) return undefined
          return sentences[effect]({ count, collection: collection.name, field: field.name })
        }),
      )
      return consequences.filter((sentence) => sentence !== undefined)
    },
  })
}

const sentences = {
  delete: t.records.deleteCascade,
  block: t.records.deleteBlock,
  clear: t.records.deleteClear,
}
