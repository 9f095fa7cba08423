import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Proof } from '#dashboard/api/session.ts'
import { CredentialForm } from '#dashboard/setup/credential-form.tsx'
import { useSubmit } from '#dashboard/setup/use-submit.ts'
import { t } from '#dashboard/text/factor-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { PasswordField } from '#dashboard/ui/credential-fields.tsx'
import { Field, TextInput } from '#dashboard/ui/field.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import styles from './factors.module.css'

const { factors: text } = t

/** The methods that the dashboard can ask for, the easiest first. */
const known = ['totp', 'password', 'otp', 'recovery'] as const

/** A method of proving an identity. */
export type ProofMethod = (typeof known)[number]

/** The methods of an account that the dashboard can ask for. */
export function knownMethods(methods: readonly string[]): readonly ProofMethod[] {
  return known.filter((method) => methods.includes(method))
}

interface ProofProps {
  readonly methods: readonly ProofMethod[]
  readonly email: string
  readonly action: string
  readonly children?: ReactNode
  /** Mails a code, and returns its id. */
  readonly requestCode: () => Promise<string>
  readonly prove: (proof: Proof) => Promise<void>
}

/** Asks for one proof, by a method that the user may change. */
export function ProofForm(props: ProofProps) {
  const { methods, children } = props
  const [method, setMethod] = useState(methods[0])
  if (method === undefined) return <Note look="warning">{text.noMethod}</Note>
  const others = methods.filter((other) => other !== method)
  return (
    <div className={styles.proof}>
      {children}
      <MethodForm key={method} {...props} method={method} />
      {others.length > 0 && (
        <div className={styles.others} role="group" aria-label={text.othersLabel}>
          {others.map((other) => (
            <Button key={other} look="quiet" onClick={() => setMethod(other)}>
              {text.others[other]}
            </Button>
          ))}
        </div>
      )}
    </div>
  )
}

function MethodForm(props: ProofProps & { readonly method: ProofMethod }) {
  const { method, email, action, requestCode, prove } = props
  const [typed, setTyped] = useState('')
  const form = useRef<HTMLDivElement>(null)
  const mailed = useMailedCode(method, requestCode)
  useEffect(() => form.current?.querySelector<HTMLElement>('input')?.focus(), [])
  const submission = useSubmit(
    async () => {
      await prove(proofOf(method, typed.trim(), await mailed.read()))
    },
    () => setTyped(''),
  )
  const { failure } = submission
  const isWrong = failure?.status === 400 && failure.fields.size === 0
  return (
    <div ref={form}>
      <CredentialForm
        submission={submission}
        action={action}
        failureText={
          failure?.status === 401 ? text.expired : isWrong ? text.wrong[method] : undefined
        }
      >
        {method === 'otp' && <p role="status">{text.mailed[mailed.state]({ email })}</p>}
        {method === 'password' ? (
          <PasswordField
            isRequired
            kind="current"
            label={text.password}
            value={typed}
            onChange={setTyped}
          />
        ) : (
          <Field
            label={text.codes[method]}
            help={method === 'recovery' ? text.recoveryHelp : undefined}
          >
            {(control) => (
              <TextInput
                {...control}
                isMono
                inputMode={method === 'recovery' ? 'text' : 'numeric'}
                autoComplete={method === 'recovery' ? 'off' : 'one-time-code'}
                spellCheck={false}
                required
                value={typed}
                onChange={({ target }) => setTyped(target.value)}
              />
            )}
          </Field>
        )}
      </CredentialForm>
    </div>
  )
}

/** Mails a code as soon as that method is chosen. */
function useMailedCode(method: ProofMethod, requestCode: () => Promise<string>): MailedCode {
  const [state, setState] = useState<MailedCode['state']>('sending')
  const id = useRef<Promise<string>>(undefined)
  useEffect(() => {
    if (method !== 'otp' || id.current !== undefined) return
    id.current = requestCode()
    id.current.then(
      () => setState('sent'),
      () => setState('failed'),
    )
  })
  // The reason of a failure is reported when the form is sent.
  return { state, read: async () => (await id.current) ?? '' }
}

interface MailedCode {
  readonly state: keyof typeof text.mailed
  /** Waits for the id of the code. */
  readonly read: () => Promise<string>
}

function proofOf(method: ProofMethod, typed: string, otpId: string): Proof {
  if (method === 'password') return { method, password: typed }
  return method === 'otp' ? { method, otpId, password: typed } : { method, code: typed }
}
