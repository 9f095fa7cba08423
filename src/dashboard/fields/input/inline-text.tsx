import { TextInput } from '#dashboard/ui/field.tsx'
import { asText, type InlineProps } from '#dashboard/fields/field-type.ts'

/** Edits text on one line. */
export function InlineText({ value, onChange, control }: InlineProps) {
  return (
    <TextInput
      {...control}
      autoComplete="off"
      value={asText(value)}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
