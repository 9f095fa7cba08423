import { beginWith, completeSignIn, requestCode, type SecondStep } from '#dashboard/api/session.ts'
import { t } from '#dashboard/text/factor-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { EnrolForm } from './enrol-form.tsx'
import { knownMethods, ProofForm } from './proof-form.tsx'

const { factors: text } = t

interface StepProps {
  readonly step: SecondStep
  readonly onDone: () => void
  readonly onBack: () => void
}

/** The second step of a sign-in: a second factor, or adding one if the account must have it. */
export function SecondStepForm({ step, onDone, onBack }: StepProps) {
  const { collection, email, mfaId, methods, enrol } = step
  return (
    <>
      {enrol ? (
        <EnrolForm
          collection={collection}
          mfaId={mfaId}
          onDone={(confirmed) => void beginWith(confirmed).then(onDone)}
        >
          <p>{text.enrolText}</p>
        </EnrolForm>
      ) : (
        <ProofForm
          // The password was the first factor.
          methods={knownMethods(methods).filter((method) => method !== 'password')}
          email={email}
          action={text.signIn}
          requestCode={() => requestCode(collection, email)}
          prove={async (proof) => {
            await completeSignIn(step, proof)
            onDone()
          }}
        >
          <p>{text.passwordRight}</p>
        </ProofForm>
      )}
      <Button look="quiet" onClick={onBack}>
        {text.back}
      </Button>
    </>
  )
}
