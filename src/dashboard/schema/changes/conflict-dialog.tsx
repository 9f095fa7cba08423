import type { Draft } from '#dashboard/shell/draft/use-draft.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import type { Definition } from '#dashboard/schema/definition.ts'
import styles from '#dashboard/schema/schema.module.css'

/** Says which parts someone else changed while the form was open, before anything is saved. */
export function ConflictDialog({ draft }: { readonly draft: Draft<Definition> }) {
  const { conflict, value, changedParts, settle } = draft
  if (conflict === undefined) return null
  const reload = (): void => settle(conflict.stored)
  const mine = Object.entries(value).filter(([key]) => changedParts.includes(key))
  const keep = (): void => settle({ ...conflict.stored, ...Object.fromEntries(mine) })
  const parts = conflict.parts.filter((part) => part !== 'updated')
  return (
    <Dialog
      title={t.schema.conflict.title}
      canDismiss={false}
      onClose={reload}
      footer={
        <>
          <Button onClick={reload}>{t.schema.conflict.reload}</Button>
          <Button look="danger" onClick={keep}>
            {t.schema.conflict.overwrite}
          </Button>
        </>
      }
    >
      <p>{t.schema.conflict.text}</p>
      <ul className={styles.list}>
        {parts.map((part) => (
          <li key={part}>
            <code>{part}</code>
            {changedParts.includes(part) && ` ${t.schema.conflict.both}`}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
