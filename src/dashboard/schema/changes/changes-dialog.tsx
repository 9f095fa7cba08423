import { useState } from 'react'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { ChangeList } from './change-list.tsx'
import type { Change } from './changes.ts'

interface ChangesProps {
  /** The stored name of the collection, to count the values that are lost. */
  readonly collection: string
  readonly changes: readonly Change[]
  /** Called with the words for what was ticked. */
  readonly onConfirm: (allow: readonly string[]) => void
  readonly onClose: () => void
}

/** Says what saving does. Lines that lose data or open access are ticked one by one. */
export function ChangesDialog({ collection, changes, onConfirm, onClose }: ChangesProps) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const isMissing = changes.some(({ key, needsConsent }) => needsConsent && !ticked.has(key))
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
            onClick={() => onConfirm(changes.flatMap(({ allow = [] }) => allow))}
          >
            {t.schema.changes.confirm}
          </Button>
        </>
      }
    >
      {changes.some(({ needsConsent }) => needsConsent) && <p>{t.schema.changes.tick}</p>}
      <ChangeList
        collection={collection}
        changes={changes}
        ticked={ticked}
        onTick={(key, isTicked) => setTicked((now) => withKey(now, key, isTicked))}
      />
    </Dialog>
  )
}

/** The set with or without a key. */
export function withKey(
  keys: ReadonlySet<string>,
  key: string,
  isIncluded: boolean,
): ReadonlySet<string> {
  return new Set(isIncluded ? [...keys, key] : [...keys].filter((one) => one !== key))
}
