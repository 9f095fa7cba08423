import { fromInputText, readDate, toInputText } from '#dashboard/fields/values/date-value.ts'
import { Field, TextInput } from '#dashboard/ui/field.tsx'
import { useZone } from '#dashboard/ui/time.tsx'

interface MomentProps {
  readonly label: string
  readonly help?: string
  readonly error?: string | undefined
  /** As the API has it; empty for none. */
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A moment, typed by the clocks that the user has chosen. */
export function MomentInput({ label, help, error, value, onChange }: MomentProps) {
  const zone = useZone()
  const moment = readDate(value)
  return (
    <Field label={label} help={help} error={error}>
      {(control) => (
        <TextInput
          {...control}
          type="datetime-local"
          value={moment === undefined ? '' : toInputText(moment, zone).slice(0, 16)}
          onChange={({ target }) => {
            if (target.value !== '') onChange(fromInputText(target.value, zone))
            else if (target.validity.valid) onChange('')
          }}
        />
      )}
    </Field>
  )
}
