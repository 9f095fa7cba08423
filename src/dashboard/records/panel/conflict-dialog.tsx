import { useState } from 'react'
import { asText } from '#dashboard/fields/field-type.ts'
import { isSame } from '#dashboard/shell/draft/same-value.ts'
import type { Draft } from '#dashboard/shell/draft/use-draft.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { FieldGroup, RadioGroup } from '#dashboard/ui/field.tsx'
import styles from './conflict-dialog.module.css'
import type { Values } from './form-values.ts'

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
  const both = names.filter((name) => !isSame(mine[name], base[name]))
  const [sides, setSides] = useState<Readonly<Record<string, Side>>>(() => all(both, 'mine'))
  const resolve = (): void => {
    const kept = changedParts.filter((name) => !names.includes(name) || sides[name] === 'mine')
    settle({ ...stored, ...Object.fromEntries(kept.map((name) => [name, mine[name]])) })
  }
  return (
    <Dialog
      title={t.records.conflictTitle}
      width="wide"
      onClose={postpone}
      onSubmit={resolve}
      footer={
        <>
          <Button onClick={postpone}>{t.general.cancel}</Button>
          <Button look="primary" type="submit">
            {t.records.applyChoices}
          </Button>
        </>
      }
    >
      <p>{t.records.conflictText}</p>
      {both.length > 1 && (
        <div className={styles.actions}>
          <Button size="small" onClick={() => setSides(all(both, 'mine'))}>
            {t.records.keepAllMine}
          </Button>
          <Button size="small" onClick={() => setSides(all(both, 'theirs'))}>
            {t.records.takeAllTheirs}
          </Button>
        </div>
      )}
      {names.map((name) => (
        <div key={name} className={styles.field}>
          {both.includes(name) ? (
            <FieldGroup label={name} help={t.records.base({ value: shown(base[name]) })}>
              <div className={styles.sides}>
                <RadioGroup<Side>
                  name={`keep ${name}`}
                  value={sides[name]}
                  options={[
                    { value: 'mine', label: t.records.keepMine, help: shown(mine[name]) },
                    { value: 'theirs', label: t.records.keepTheirs, help: shown(stored[name]) },
                  ]}
                  onChange={(side) => setSides({ ...sides, [name]: side })}
                />
              </div>
            </FieldGroup>
          ) : (
            <p>
              <strong>{name}</strong>{' '}
              {t.records.onlyTheirs({ from: shown(base[name]), to: shown(stored[name]) })}
            </p>
          )}
        </div>
      ))}
    </Dialog>
  )
}

function all(names: readonly string[], side: Side): Readonly<Record<string, Side>> {
  return Object.fromEntries(names.map((name) => [name, side]))
}

/** A value as text. A chosen file is not stored yet, so its name stands for it. */
function shown(value: unknown): string {
  const parts = Array.isArray(value) ? value : [value]
  const texts = parts.some((part) => part instanceof File)
    ? parts.map((part) => (part instanceof File ? part.name : asText(part)))
    : [asText(value)]
  const text = texts.join(', ')
  return text === '' || text === '[]' ? t.general.noValue : text
}
