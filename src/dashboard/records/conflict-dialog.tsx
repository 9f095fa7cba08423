import type { CollectionModel, RecordModel } from 'pocketbase'
import { useState } from 'react'
import { asText } from '#dashboard/fields/field-type.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { RadioGroup } from '#dashboard/ui/field.tsx'
import { formValues } from './form-values.ts'
import styles from './records.module.css'
import { isSame, type Values } from './use-draft.ts'

/** The stored record, and the fields that differ from the editor's initial values. */
export interface Conflict {
  readonly stored: RecordModel
  readonly names: readonly string[]
}

interface ConflictDialogProps {
  readonly collection: CollectionModel
  readonly conflict: Conflict
  readonly base: Values
  readonly mine: Values
  readonly onClose: () => void
  readonly onResolve: (merged: Values) => void
}

type Side = 'mine' | 'theirs'

/**
 * Shows a conflict field by field. Values that only the other user changed are theirs by default.
 */
export function ConflictDialog({
  collection,
  conflict,
  base,
  mine,
  onClose,
  onResolve,
}: ConflictDialogProps) {
  const theirs = formValues(collection, conflict.stored)
  const [sides, setSides] = useState<Readonly<Record<string, Side>>>(() =>
    Object.fromEntries(
      conflict.names.map((name) => [name, isSame(mine[name], base[name]) ? 'theirs' : 'mine']),
    ),
  )
  const resolve = (): void => {
    const touched = Object.keys(mine).filter((name) => !isSame(mine[name], base[name]))
    const kept = touched.filter((name) => sides[name] !== 'theirs')
    onResolve({ ...theirs, ...Object.fromEntries(kept.map((name) => [name, mine[name]])) })
  }
  return (
    <Dialog
      title={t.records.conflictTitle}
      width="wide"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button look="primary" onClick={resolve}>
            {t.records.applyChoices}
          </Button>
        </>
      }
    >
      <p>{t.records.conflictText}</p>
      <table className={styles.conflict}>
        <thead>
          <tr>
            <th scope="col">{t.records.field}</th>
            <th scope="col">{t.records.base}</th>
            <th scope="col">{t.records.mine}</th>
            <th scope="col">{t.records.theirs}</th>
            <th scope="col">{t.records.keep}</th>
          </tr>
        </thead>
        <tbody>
          {conflict.names.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{asText(base[name])}</td>
              <td>{asText(mine[name])}</td>
              <td>{asText(theirs[name])}</td>
              <td>
                <RadioGroup<Side>
                  name={`keep ${name}`}
                  value={sides[name]}
                  options={[
                    { value: 'mine', label: t.records.keepMine },
                    { value: 'theirs', label: t.records.keepTheirs },
                  ]}
                  onChange={(side) => setSides({ ...sides, [name]: side })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  )
}
