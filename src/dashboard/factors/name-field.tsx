import { t } from '#dashboard/text/factor-texts.ts'
import { Field, TextInput } from '#dashboard/ui/field.tsx'

/** The input for the name of a factor. */
export function NameField({
  value,
  onChange,
  help,
  error,
}: {
  value: string
  onChange: (value: string) => void
  help?: string
  error: string | undefined
}) {
  return (
    <Field label={t.factors.name} {...(help !== undefined && { help })} error={error}>
      {(control) => (
        <TextInput
          {...control}
          data-initial-focus
          value={value}
          autoComplete="off"
          maxLength={100}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  )
}
