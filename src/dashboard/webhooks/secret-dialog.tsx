import { t } from '#dashboard/text/webhook-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Field, TextInput } from '#dashboard/ui/field.tsx'
import styles from './webhooks.module.css'

const { webhooks: text } = t

interface SecretProps {
  readonly secret: string
  readonly onClose: () => void
}

/** Shows a new secret, which no later answer has. Escape does not close it. */
export function SecretDialog({ secret, onClose }: SecretProps) {
  return (
    <Dialog
      title={text.secretTitle}
      canDismiss={false}
      onClose={onClose}
      footer={
        <Button look="primary" onClick={onClose}>
          {text.secretKept}
        </Button>
      }
    >
      <div className={styles.section}>
        <p>{text.secretText}</p>
        <Field label={text.secret}>
          {(control) => (
            <TextInput {...control} isMono readOnly data-initial-focus value={secret} />
          )}
        </Field>
        <div>
          <CopyButton text={secret} label={text.copySecret} />
        </div>
      </div>
    </Dialog>
  )
}
