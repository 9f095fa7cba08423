import type { CollectionModel } from 'pocketbase'
import { useState } from 'react'
import { filterOfIds, readForExport } from '#dashboard/api/records/export.ts'
import { type Failure, readFailure } from '#dashboard/api/failure.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Checkbox, FieldGroup, RadioGroup } from '#dashboard/ui/field.tsx'
import { saveFile } from '#dashboard/ui/save-file.ts'
import { FailureNote, Note } from '#dashboard/ui/states.tsx'
import type { ExportFormat } from './export-text.ts'
import styles from './transfer.module.css'

const texts = t.records.transfer

interface ExportDialogProps {
  readonly collection: CollectionModel
  readonly filter: string
  readonly selected: readonly string[]
  readonly onClose: () => void
}

/** Saves records as a file: the selected ones, those that match the filter, or all. */
export function ExportDialog({ collection, filter, selected, onClose }: ExportDialogProps) {
  const fields = collection.fields.filter((field) => fieldTypeOf(field).Cell !== undefined)
  const scopes = [
    ...(selected.length > 0
      ? [{ value: 'selected', label: texts.scopes.selected({ count: selected.length }) }]
      : []),
    ...(filter === '' ? [] : [{ value: 'filtered', label: texts.scopes.filtered }]),
    { value: 'all', label: texts.scopes.all },
  ]
  const [scope, setScope] = useState(scopes[0]?.value ?? 'all')
  const [format, setFormat] = useState<ExportFormat>('csv')
  const [names, setNames] = useState(() => new Set(fields.map(({ name }) => name)))
  const [run, setRun] = useState<{ readonly stop: AbortController; readonly read: number }>()
  const [failure, setFailure] = useState<Failure>()
  const chosen = fields.filter(({ name }) => names.has(name))

  const start = async (): Promise<void> => {
    const stop = new AbortController()
    const common = {
      fields: chosen.map(({ name }) => name),
      signal: stop.signal,
      onProgress: (read: number) => setRun({ stop, read }),
    }
    setFailure(undefined)
    setRun({ stop, read: 0 })
    try {
      const filters =
        scope === 'selected'
          ? chunks(selected, 50).map(filterOfIds)
          : [scope === 'all' ? '' : filter]
      const records = []
      for (const part of filters) {
        records.push(...(await readForExport(collection.name, { ...common, filter: part })))
      }
      const { exportText, mediaTypes } = await import('./export-text.ts')
      const text = exportText(records, chosen, format)
      saveFile(`${collection.name}.${format}`, text, mediaTypes[format])
      onClose()
    } catch (error) {
      setRun(undefined)
      if (!stop.signal.aborted) setFailure(readFailure(error))
    }
  }

  return (
    <Dialog
      title={texts.exportTitle({ name: collection.name })}
      onClose={() => {
        run?.stop.abort()
        onClose()
      }}
      onSubmit={() => void start()}
      footer={
        <>
          <span role="status" className={styles.status}>
            {run !== undefined && texts.read({ count: run.read })}
          </span>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button
            type="submit"
            look="primary"
            isBusy={run !== undefined}
            disabledReason={chosen.length === 0 ? t.records.columnsNone : undefined}
          >
            {texts.exportAction}
          </Button>
        </>
      }
    >
      {failure !== undefined && <FailureNote title={texts.notExported} failure={failure} />}
      <Note>{texts.notMoved}</Note>
      <FieldGroup label={texts.scope}>
        <RadioGroup name="scope" value={scope} options={scopes} onChange={setScope} />
      </FieldGroup>
      <FieldGroup label={texts.format}>
        <RadioGroup
          name="format"
          value={format}
          options={[
            { value: 'csv', label: 'CSV', help: texts.csvHelp },
            { value: 'ndjson', label: 'NDJSON', help: texts.ndjsonHelp },
            { value: 'json', label: 'JSON' },
          ]}
          onChange={setFormat}
        />
      </FieldGroup>
      <FieldGroup label={texts.fields}>
        <div className={styles.choices}>
          {fields.map(({ id, name }) => (
            <Checkbox
              key={id}
              label={name}
              isChecked={names.has(name)}
              onChange={(isChecked) =>
                setNames(
                  new Set(
                    isChecked ? [...names, name] : [...names].filter((each) => each !== name),
                  ),
                )
              }
            />
          ))}
        </div>
      </FieldGroup>
    </Dialog>
  )
}

function chunks<Item>(list: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  )
}
