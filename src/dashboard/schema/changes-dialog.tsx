import { useState } from 'react'
import { useValueCount } from '#dashboard/api/value-count.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Checkbox } from '#dashboard/ui/field.tsx'
import type { Change } from './changes.ts'
import type { FieldDefinition } from './definition.ts'
import styles from './schema.module.css'

interface ChangesProps {
  /** The stored name of the collection, to count the values that are lost. */
  readonly collection: string
  readonly changes: readonly Change[]
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Says what saving does. Lines that lose data or open access are ticked one by one. */
export function ChangesDialog({ collection, changes, onConfirm, onClose }: ChangesProps) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const isMissing = changes.some(({ key, needsConsent }) => needsConsent && !ticked.has(key))
  const toggle = (key: string, isTicked: boolean): void =>
    setTicked((now) => new Set(isTicked ? [...now, key] : [...now].filter((one) => one !== key)))
  return (
    <Dialog
      title={t.schema.changes.title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button
            look="primary"
            disabledReason={isMissing ? t.schema.changes.unticked : undefined}
            onClick={onConfirm}
          >
            {t.schema.changes.confirm}
          </Button>
        </>
      }
    >
      {changes.some(({ needsConsent }) => needsConsent) && <p>{t.schema.changes.tick}</p>}
      <ul className={styles.changes}>
        {changes.map((change) => (
          <li key={change.key}>
            {change.needsConsent ? (
              <Checkbox
                label={<Line change={change} collection={collection} />}
                isChecked={ticked.has(change.key)}
                onChange={(isTicked) => toggle(change.key, isTicked)}
              />
            ) : (
              change.text
            )}
            {change.before !== undefined && change.after !== undefined && (
              <dl className={styles.beforeAfter}>
                <dt>{t.schema.changes.before}</dt>
                <dd>{change.before}</dd>
                <dt>{t.schema.changes.after}</dt>
                <dd>{change.after}</dd>
              </dl>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

function Line({ change, collection }: { readonly change: Change; readonly collection: string }) {
  const { text, dropped } = change
  if (dropped === undefined) return text
  return (
    <>
      {text}: <Lost field={dropped} collection={collection} />
    </>
  )
}

function Lost({ field, collection }: { readonly field: FieldDefinition; collection: string }) {
  const { data } = useValueCount(collection, field)
  return t.schema.changes.values({ count: data })
}
