import { useState } from 'react'
import type { MailTemplate } from '#dashboard/api/settings.ts'
import { isSame } from '#dashboard/shell/draft/same-value.ts'
import { TestMailDialog } from '#dashboard/settings/test-mail-dialog.tsx'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CodeEditor } from '#dashboard/ui/code-editor/code-editor.tsx'
import { Field } from '#dashboard/ui/field.tsx'
import { Mark } from '#dashboard/ui/states.tsx'
import { Folded } from './folded.tsx'
import { useOption, useOptionForm } from './option-context.ts'
import { TextOption } from './option-inputs.tsx'
import { textOfMail } from './text-of-mail.ts'
import styles from './sign-in-options.module.css'

interface TemplateProps {
  /** Where the template is in the definition. */
  readonly path: string
  readonly template: MailTemplate
  /** The placeholders that only this mail has. */
  readonly placeholders: readonly string[]
}

const texts = t.signInOptions.templates
const common = ['{APP_NAME}', '{APP_URL}', '{RECORD:name}']

/** One mail: its subject, its body, how it reads, and a test. */
export function TemplateForm({ path, template, placeholders }: TemplateProps) {
  const { base, definition, errors } = useOptionForm()
  const { value: body, error, set } = useOption(`${path}.body`)
  const [isTesting, setTesting] = useState(false)
  const text = typeof body === 'string' ? body : ''
  const title = t.settings.mail.templates[template]
  const [root = ''] = path.split('.')
  const isChanged = !isSame(base[root], definition[root])
  const hasError = [...errors.keys()].some((key) => key.startsWith(path))
  return (
    <Folded
      hasError={hasError}
      summary={
        <>
          <strong>{title}</strong>
          {hasError && <Mark look="danger">{texts.faulty}</Mark>}
        </>
      }
    >
      <TextOption path={`${path}.subject`} label={texts.subject} />
      <Field
        label={texts.body}
        help={texts.placeholders({ names: [...placeholders, ...common].join(' ') })}
        error={error}
      >
        {(control) => (
          <CodeEditor
            id={control.id}
            label={`${title}: ${texts.body}`}
            describedBy={control['aria-describedby']}
            isInvalid={error !== undefined}
            language="html"
            value={text}
            onChange={set}
          />
        )}
      </Field>
      <div>
        <h3 className={styles.previewTitle}>{texts.preview}</h3>
        <pre className={styles.preview}>{textOfMail(text)}</pre>
      </div>
      <div>
        <Button
          size="small"
          disabledReason={isChanged ? texts.saveFirst : undefined}
          onClick={() => setTesting(true)}
        >
          {t.settings.mail.test}
        </Button>
      </div>
      {isTesting && (
        <TestMailDialog
          template={template}
          collection={base.name}
          onClose={() => setTesting(false)}
        />
      )}
    </Folded>
  )
}
