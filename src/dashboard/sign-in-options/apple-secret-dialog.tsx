import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { useAppleSecret } from '#dashboard/api/oauth2-providers.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Field, TextArea, TextInput } from '#dashboard/ui/field.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import styles from './sign-in-options.module.css'

interface DialogProps {
  readonly clientId: string
  readonly onMade: (secret: string) => void
  readonly onClose: () => void
}

const texts = t.signInOptions.apple
/** The longest time that Apple accepts, about half a year. */
const durationSeconds = 15_777_000

/** Makes the client secret that Apple wants: a token signed with the developer's key. */
export function AppleSecretDialog({ clientId, onMade, onClose }: DialogProps) {
  const [key, setKey] = useState({ clientId, teamId: '', keyId: '', privateKey: '' })
  const { mutateAsync, isPending, error } = useAppleSecret()
  const failure = error === null ? undefined : readFailure(error)
  const make = async (): Promise<void> => {
    onMade(await mutateAsync({ ...key, durationSeconds }))
    onClose()
  }
  return (
    <Dialog
      title={texts.title}
      onClose={onClose}
      onSubmit={() => void make().catch(() => undefined)}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button look="primary" type="submit" isBusy={isPending}>
            {texts.make}
          </Button>
        </>
      }
    >
      <div className={styles.providerBody}>
        <p>{texts.help}</p>
        {failure !== undefined && <FailureNote title={texts.failed} failure={failure} />}
        {(['clientId', 'teamId', 'keyId'] as const).map((name) => (
          <Field key={name} label={texts[name]} error={failure?.fields.get(name)}>
            {(control) => (
              <TextInput
                {...control}
                value={key[name]}
                autoComplete="off"
                spellCheck={false}
                onChange={({ target }) => setKey({ ...key, [name]: target.value })}
              />
            )}
          </Field>
        ))}
        <Field label={texts.privateKey} error={failure?.fields.get('privateKey')}>
          {(control) => (
            <TextArea
              {...control}
              isMono
              rows={5}
              value={key.privateKey}
              spellCheck={false}
              onChange={({ target }) => setKey({ ...key, privateKey: target.value })}
            />
          )}
        </Field>
      </div>
    </Dialog>
  )
}
