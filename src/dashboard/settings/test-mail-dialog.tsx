import { useState } from 'react'
import { useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { useAccount } from '#dashboard/api/session.ts'
import { type MailTemplate, useTestMail } from '#dashboard/api/settings.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Field, optionsFrom, Select, TextInput } from '#dashboard/ui/field.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from './settings.module.css'

const texts = t.settings.mail

interface TestProps {
  /** The choices to begin with. */
  readonly template?: MailTemplate
  readonly collection?: string
  readonly onClose: () => void
}

/** Sends one of the templates to an address, with the settings that are stored. */
export function TestMailDialog({
  template: firstTemplate = 'verification',
  collection: firstCollection = '_superusers',
  onClose,
}: TestProps) {
  const account = useAccount()
  const [email, setEmail] = useState(String(account?.['email'] ?? ''))
  const [template, setTemplate] = useState(firstTemplate)
  const [collection, setCollection] = useState(firstCollection)
  const { data: collections = [] } = useCollections()
  const test = useTestMail()
  const failure = test.error === null ? undefined : readFailure(test.error)
  const names = collections.filter(({ type }) => type === 'auth').map(({ name }) => name)
  const send = (): void => {
    test.mutate(
      { email, template, collection },
      {
        onSuccess: () => {
          onClose()
          showToast({ text: texts.tested({ email }) })
        },
      },
    )
  }
  return (
    <Dialog
      title={texts.testTitle}
      onClose={onClose}
      onSubmit={send}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button type="submit" look="primary" isBusy={test.isPending}>
            {texts.test}
          </Button>
        </>
      }
    >
      <div className={styles.dialogForm}>
        <p className={styles.help}>{texts.testText}</p>
        {failure !== undefined && <FailureNote title={texts.testFailed} failure={failure} />}
        <Field label={texts.testTo} error={failure?.fields.get('email')}>
          {(control) => (
            <TextInput
              {...control}
              inputMode="email"
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label={texts.testTemplate} error={failure?.fields.get('template')}>
          {(control) => (
            <Select
              {...control}
              value={template}
              options={optionsFrom(texts.templates)}
              onChange={setTemplate}
            />
          )}
        </Field>
        <Field label={texts.testCollection} error={failure?.fields.get('collection')}>
          {(control) => (
            <Select
              {...control}
              value={collection}
              options={names.map((name) => ({ value: name, label: name }))}
              onChange={setCollection}
            />
          )}
        </Field>
      </div>
    </Dialog>
  )
}
