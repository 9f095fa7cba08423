import { t } from '#dashboard/text/t.ts'
import { TextInput } from '#dashboard/ui/field.tsx'
import { TextCell } from '#dashboard/fields/input/cells.tsx'
import { textCodec } from '#dashboard/fields/values/csv-codec.ts'
import { asText, type FieldType } from './field-type.ts'
import { FieldInput } from '#dashboard/fields/input/field-input.tsx'
import { InlineText } from '#dashboard/fields/input/inline-text.tsx'

/** An address of a mailbox. */
export const email: FieldType = {
  letters: 'Em',
  label: t.fields.types.email,
  width: 220,
  isText: true,
  csv: textCodec,
  initial: () => '',
  Cell: ({ value }) => <TextCell text={asText(value)} />,
  Inline: InlineText,
  Input: ({ field, value, onChange, error, isReadOnly }) => (
    <FieldInput field={field} error={error}>
      {(control) => (
        <TextInput
          {...control}
          type="email"
          autoComplete="off"
          readOnly={isReadOnly}
          value={asText(value)}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </FieldInput>
  ),
}
