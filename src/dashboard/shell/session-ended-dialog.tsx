import { t } from '#dashboard/text/t.ts'
import { SignInForm } from '#dashboard/setup/sign-in-form.tsx'
import { useAccount } from '#dashboard/api/session.ts'
import { Dialog } from '#dashboard/ui/dialog.tsx'

/** Asks the user to sign in again, over the screen, which keeps its input. */
export function SessionEndedDialog() {
  const account = useAccount()
  return (
    <Dialog title={t.shell.sessionEndedTitle} onClose={() => undefined} canDismiss={false}>
      <p>{t.shell.sessionEnded}</p>
      <SignInForm email={String(account?.['email'] ?? '')} onDone={() => undefined} />
    </Dialog>
  )
}
