import { formatTime } from '#dashboard/text/format.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { TextInput } from '#dashboard/ui/field.tsx'
import { Time, useZone } from '#dashboard/ui/time.tsx'
import { NoValue } from '#dashboard/fields/input/cells.tsx'
import {
  fromInputText,
  readDate,
  startOfDay,
  toInputText,
  toStored,
} from '#dashboard/fields/values/date-value.ts'
import { dateCodec } from '#dashboard/fields/values/csv-codec.ts'
import { asText, type FieldType, type InlineProps, type InputProps } from './field-type.ts'
import { FieldInput } from '#dashboard/fields/input/field-input.tsx'
import styles from './fields.module.css'

/** A moment. */
export const date: FieldType = {
  letters: 'Da',
  label: t.fields.types.date,
  width: 210,
  csv: dateCodec,
  initial: () => '',
  Cell: ({ value }) => <DateCell value={value} />,
  Input: DateInput,
  Inline: InlineDate,
}

/** A stored moment, or none. */
export function DateCell({ value }: { readonly value: unknown }) {
  const text = asText(value)
  if (text === '') return <NoValue />
  return (
    <span className={styles.text}>
      <Time value={text} />
    </span>
  )
}

function InlineDate({ value, onChange, control }: InlineProps) {
  const zone = useZone()
  const moment = readDate(value)
  return (
    <TextInput
      {...control}
      type="datetime-local"
      step="any"
      value={moment === undefined ? '' : toInputText(moment, zone)}
      onChange={({ target }) => {
        if (target.value !== '') onChange(fromInputText(target.value, zone))
        else if (target.validity.valid) onChange('')
      }}
    />
  )
}

function DateInput({ field, value, onChange, error, isReadOnly }: InputProps) {
  const zone = useZone()
  const moment = readDate(value)
  const hint =
    moment === undefined
      ? undefined
      : zone === 'local'
        ? t.fields.utc({ text: formatTime(moment, 'utc') })
        : t.fields.local({ text: formatTime(moment, 'local') })
  return (
    <FieldInput field={field} error={error} hint={hint}>
      {(control) => (
        <span className={styles.withAction}>
          <TextInput
            {...control}
            type="datetime-local"
            step="any"
            readOnly={isReadOnly}
            value={moment === undefined ? '' : toInputText(moment, zone)}
            onChange={(event) => {
              // While a part is still missing the input has no value, and keeps what was typed.
              if (event.target.value !== '') onChange(fromInputText(event.target.value, zone))
              else if (event.target.validity.valid) onChange('')
            }}
          />
          {!isReadOnly && (
            <>
              <Button onClick={() => onChange(toStored(new Date()))}>{t.fields.now}</Button>
              <Button onClick={() => onChange(startOfDay(moment ?? new Date(), zone))}>
                {t.fields.startOfDay}
              </Button>
            </>
          )}
        </span>
      )}
    </FieldInput>
  )
}
