import type { Draft } from '#dashboard/shell/use-draft.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import type { Definition } from './definition.ts'
import styles from './schema.module.css'

/** Says which parts someone else changed while the form was open, before anything is saved. */
export function ConflictDialog({ draft }: { readonly draft: Draft<Definition> }) {
  const { conflict, settle } = draft
  if (conflict === undefined) return null
  const parts = conflict.parts.filter((part) => part !== 'updated')
  return (
    <Dialog
      title={t.schema.conflict.title}
      canDismiss={false}
      onClose={() => settle('theirs')}
      footer={
        <>
          <Button onClick={() => settle('theirs')}>{t.schema.conflict.reload}</Button>
          <Button look="danger" onClick={() => settle('mine')}>
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
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
