import type { CollectionModel } from 'pocketbase'
import { useState } from 'react'
import { editMany } from '#dashboard/api/records/bulk-edit.ts'
import type { Change } from '#dashboard/api/records/undo.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { faultsOf } from '#dashboard/records/panel/form-values.ts'
import { ManyReportDialog } from '#dashboard/records/many-report-dialog.tsx'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Field, Select } from '#dashboard/ui/field.tsx'
import styles from './bulk-edit.module.css'
import { BulkPartForm } from './bulk-part-form.tsx'
import { BulkPreview } from './bulk-preview.tsx'
import { bulkEditOf, bulkFieldsOf, type BulkPart } from './bulk-values.ts'

const texts = t.records.bulk

interface BulkEditDialogProps {
  readonly collection: CollectionModel
  readonly collections: readonly CollectionModel[]
  readonly ids: readonly string[]
  readonly expand: string
  readonly onClose: () => void
  /** Receives the changes that were made, and the records that were refused. */
  readonly onDone: (changes: readonly Change[], refused: readonly string[]) => void
}

/** Gives several records the same values: fields, what happens to each, and how records will look. */
export function BulkEditDialog(props: BulkEditDialogProps) {
  const { collection, collections, ids, expand, onClose, onDone } = props
  const [parts, setParts] = useState<readonly BulkPart[]>([])
  const [run, setRun] = useState<{ readonly stop: AbortController; readonly finished: number }>()
  const [refused, setRefused] = useState<ReadonlyMap<string, unknown>>()
  const free = bulkFieldsOf(collection).filter(
    (field) => !parts.some((part) => part.field.name === field.name),
  )
  const faults = faultsOf(Object.fromEntries(parts.map(({ field, value }) => [field.name, value])))
  const count = ids.length

  const add = (name: string): void => {
    const field = free.find((each) => each.name === name)
    if (field === undefined) return
    setParts([...parts, { field, operation: 'set', value: fieldTypeOf(field).initial(field) }])
  }
  const start = async (): Promise<void> => {
    const stop = new AbortController()
    setRun({ stop, finished: 0 })
    const report = await editMany(collection.name, ids, bulkEditOf(parts), {
      expand,
      signal: stop.signal,
      onProgress: (finished) => setRun({ stop, finished }),
    })
    onDone(
      report.done.map(({ result }) => result),
      [...report.refused.keys()],
    )
    if (report.refused.size > 0) setRefused(report.refused)
    else onClose()
  }

  if (refused !== undefined) {
    return (
      <ManyReportDialog
        title={texts.refusedTitle}
        text={texts.changedPartly({ changed: count - refused.size, all: count })}
        refused={refused}
        onClose={onClose}
      />
    )
  }
  if (run !== undefined) {
    return (
      <Dialog
        title={texts.title({ count })}
        canDismiss={false}
        onClose={() => undefined}
        footer={<Button onClick={() => run.stop.abort()}>{texts.stop}</Button>}
      >
        <p role="status">{texts.progress({ finished: run.finished, all: count })}</p>
        <progress className={styles.progress} max={count} value={run.finished} />
      </Dialog>
    )
  }
  const reason = parts.length === 0 ? texts.nothing : [...faults.values()][0]
  return (
    <Dialog
      title={texts.title({ count })}
      width="wide"
      onClose={onClose}
      onSubmit={() => {
        if (reason === undefined) void start()
      }}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button type="submit" look="primary" disabledReason={reason}>
            {texts.action({ count })}
          </Button>
        </>
      }
    >
      {parts.map((part, index) => (
        <BulkPartForm
          key={part.field.id}
          part={part}
          collection={collection}
          collections={collections}
          error={faults.get(part.field.name)}
          onChange={(next) => setParts(parts.with(index, next))}
          onRemove={() => setParts(parts.toSpliced(index, 1))}
        />
      ))}
      {free.length > 0 && (
        <Field label={texts.field}>
          {(control) => (
            <Select
              {...control}
              value=""
              options={[
                { value: '', label: texts.chooseField },
                ...free.map(({ name }) => ({ value: name, label: name })),
              ]}
              onChange={add}
            />
          )}
        </Field>
      )}
      {parts.length > 0 && (
        <BulkPreview collection={collection} collections={collections} ids={ids} parts={parts} />
      )}
    </Dialog>
  )
}
