import { Plus, X } from 'lucide-react'
import { t } from '#dashboard/text/webhook-texts.ts'
import { Button, IconButton } from '#dashboard/ui/button.tsx'
import { FieldError, FieldGroup, TextInput } from '#dashboard/ui/field.tsx'
import type { HeaderRow } from './webhook-value.ts'
import styles from './webhooks.module.css'

const { form: text } = t.webhooks

interface HeadersProps {
  readonly headers: readonly HeaderRow[]
  /** The server's errors of the form. */
  readonly errors: ReadonlyMap<string, string>
  readonly onChange: (headers: readonly HeaderRow[]) => void
}

/** Names and values of headers, one a line. */
export function HeaderInputs({ headers, errors, onChange }: HeadersProps) {
  const replace = (index: number, changes: Partial<HeaderRow>): void =>
    onChange(headers.map((row, at) => (at === index ? { ...row, ...changes } : row)))
  return (
    <FieldGroup label={text.headers} help={text.headersHelp} error={errors.get('headers')}>
      {headers.map(({ name, value }, index) => {
        const number = index + 1
        const error = errors.get(`headers.${name.trim()}`)
        return (
          // oxlint-disable-next-line react/no-array-index-key -- rows have no identity but their place
          <div key={index} className={styles.header}>
            <TextInput
              isMono
              aria-label={text.headerNameOf({ number })}
              placeholder={text.headerName}
              value={name}
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => replace(index, { name: target.value })}
            />
            <TextInput
              isMono
              aria-label={text.headerValueOf({ number })}
              aria-invalid={error === undefined ? undefined : true}
              placeholder={text.headerValue}
              value={value}
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => replace(index, { value: target.value })}
            />
            <IconButton
              icon={X}
              label={text.removeHeader({ number })}
              onClick={() => onChange(headers.filter((_, at) => at !== index))}
            />
            {error !== undefined && <FieldError id={undefined} error={error} />}
          </div>
        )
      })}
      {headers.length < 10 && (
        <div>
          <Button
            size="small"
            icon={Plus}
            onClick={() => onChange([...headers, { name: '', value: '' }])}
          >
            {text.addHeader}
          </Button>
        </div>
      )}
    </FieldGroup>
  )
}
