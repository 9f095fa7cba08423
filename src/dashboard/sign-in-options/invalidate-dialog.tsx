import { useSaveCollection } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { type Definition, randomText } from '#dashboard/schema/definition.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import type { TokenKind } from './token-section.tsx'

interface DialogProps {
  readonly collection: Definition
  readonly kind: TokenKind
  readonly onClose: () => void
}

const texts = t.signInOptions.tokens
/** About 258 bits. */
const secretLength = 50

/** Ends all tokens of a kind at once, by another secret. Nothing else of the draft is saved. */
export function InvalidateDialog({ collection, kind, onClose }: DialogProps) {
  const { mutateAsync, isPending, error } = useSaveCollection()
  const invalidate = async (): Promise<void> => {
    await mutateAsync({ id: collection.id, [kind]: { secret: randomText(secretLength) } })
    showToast({ text: texts.invalidated({ kind: texts.kinds[kind] }) })
    onClose()
  }
  return (
    <ConfirmDialog
      title={texts.invalidateTitle({ kind: texts.kinds[kind] })}
      action={texts.invalidate}
      typed={collection.name}
      isBusy={isPending}
      onConfirm={() => void invalidate().catch(() => undefined)}
      onClose={onClose}
    >
      <p>{texts.consequences[kind]}</p>
      {error !== null && <FailureNote title={texts.notInvalidated} failure={readFailure(error)} />}
    </ConfirmDialog>
  )
}
