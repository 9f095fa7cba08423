import { proveIdentity } from '#dashboard/api/factors.ts'
import { requestCode, useAccount } from '#dashboard/api/session.ts'
import type { ProofRequest } from '#dashboard/api/step-up.ts'
import { t } from '#dashboard/text/factor-texts.ts'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import { knownMethods, ProofForm } from './proof-form.tsx'

const { factors: text } = t

/** Asks for a recent proof of identity, over the screen; the request that wanted it is sent again. */
export function StepUpDialog({ request }: { readonly request: ProofRequest }) {
  const account = useAccount()
  const email = String(account?.['email'] ?? '')
  const methods = knownMethods(request.methods)
  return (
    <Dialog title={text.stepUpTitle} onClose={() => request.settle(false)}>
      {methods.length === 0 ? (
        <Note look="warning">{text.noProof}</Note>
      ) : (
        <ProofForm
          methods={methods}
          email={email}
          action={text.prove}
          requestCode={() => requestCode(account?.collectionName ?? '_superusers', email)}
          prove={async (proof) => {
            await proveIdentity(proof)
            request.settle(true)
          }}
        >
          <p>{text.stepUpText}</p>
        </ProofForm>
      )}
    </Dialog>
  )
}
