import { useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { TextInput } from '#dashboard/ui/field.tsx'
import { TextCell } from '#dashboard/fields/input/cells.tsx'
import { numberCodec } from '#dashboard/fields/values/csv-codec.ts'
import {
  asText,
  type FieldType,
  type InlineProps,
  InvalidInput,
  type InputProps,
} from './field-type.ts'
import { FieldInput } from '#dashboard/fields/input/field-input.tsx'
import { readNumber } from '#dashboard/fields/values/number-value.ts'

/** Numbers, at full precision: what the API returned is what is shown. */
export const number: FieldType = {
  letters: 'Nu',
  label: t.fields.types.number,
  width: 110,
  align: 'end',
  csv: numberCodec,
  initial: () => 0,
  Cell: ({ value }) => <TextCell text={asText(value)} isMono />,
  Input: NumberInput,
  Inline: InlineNumber,
  hasModifiers: () => true,
}

/** Keeps what was typed, number or not. */
function NumberInput({ field, value, onChange, error, isReadOnly }: InputProps) {
  const [typed, setTyped] = useState<string>()
  const isCurrent =
    typed !== undefined && (readNumber(typed) === undefined || readNumber(typed) === value)
  const shown = isCurrent ? typed : asText(value)
  const isWrong = readNumber(shown) === undefined
  return (
    <FieldInput field={field} error={isWrong ? t.fields.notANumber : error} hint={hintOf(field)}>
      {(control) => (
        <TextInput
          {...control}
          inputMode="decimal"
          autoComplete="off"
          isMono
          readOnly={isReadOnly}
          value={shown}
          onChange={(event) => {
            setTyped(event.target.value)
            const text = event.target.value
            onChange(readNumber(text) ?? new InvalidInput(text, t.fields.notANumber))
          }}
        />
      )}
    </FieldInput>
  )
}

/** A number within a cell; what is no number is not sent. */
function InlineNumber({ value, onChange, control }: InlineProps) {
  const [typed, setTyped] = useState(asText(value))
  return (
    <TextInput
      {...control}
      inputMode="decimal"
      autoComplete="off"
      isMono
      value={typed}
      onChange={({ target: { value: text } }) => {
        setTyped(text)
        onChange(readNumber(text) ?? new InvalidInput(text, t.fields.notANumber))
      }}
    />
  )
}

function hintOf(field: InputProps['field']): string | undefined {
  const { min, max, onlyInt } = field as {
    min?: number | null
    max?: number | null
    onlyInt?: boolean
  }
  const hasMin = typeof min === 'number'
  const hasMax = typeof max === 'number'
  const range =
    hasMin && hasMax
      ? t.fields.between({ min, max })
      : hasMin
        ? t.fields.atLeast({ min })
        : hasMax
          ? t.fields.atMost({ max })
          : ''
  const hint = [range, onlyInt === true ? t.fields.wholeNumbers : ''].filter(Boolean).join(' ')
  return hint === '' ? undefined : hint
}
