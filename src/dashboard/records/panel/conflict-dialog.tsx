import { useState } from 'react'
import { asText } from '#dashboard/fields/field-type.ts'
import { isSame } from '#dashboard/shell/draft/same-value.ts'
import type { Draft } from '#dashboard/shell/draft/use-draft.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { RadioGroup } from '#dashboard/ui/field.tsx'
import type { Values } from './form-values.ts'
import styles from '#dashboard/records/records.module.css'

interface ConflictDialogProps {
  readonly draft: Draft<Values>
  readonly stored: Values
  /** The names of the fields that were changed meanwhile. */
  readonly names: readonly string[]
}

type Side = 'mine' | 'theirs'

/**
 * Shows a conflict field by field. Values that only the other user changed are theirs by default.
 */
export function ConflictDialog({ draft, stored, names }: ConflictDialogProps) {
  const { base, value: mine, changedParts, settle, postpone } = draft
  const [sides, setSides] = useState<Readonly<Record<string, Side>>>(() =>
    Object.fromEntries(
      names.map((name) => [name, isSame(mine[name], base[name]) ? 'theirs' : 'mine']),
    ),
  )
  const resolve = (): void => {
    const kept = changedParts.filter((name) => sides[name] !== 'theirs')
    settle({ ...stored, ...Object.fromEntries(kept.map((name) => [name, mine[name]])) })
  }
  return (
    <Dialog
      title={t.records.conflictTitle}
      width="wide"
      onClose={postpone}
      footer={
        <>
          <Button onClick={postpone}>{t.general.cancel}</Button>
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
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{asText(base[name])}</td>
              <td>{asText(mine[name])}</td>
              <td>{asText(stored[name])}</td>
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
