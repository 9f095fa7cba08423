import { t } from '#dashboard/text/t.ts'
import { TextArea } from '#dashboard/ui/field.tsx'
import { TextCell } from '#dashboard/fields/input/cells.tsx'
import { asText, type FieldType } from './field-type.ts'
import { FieldInput } from '#dashboard/fields/input/field-input.tsx'

/** A type that this dashboard does not know: a newer server has it. */
export const unknown: FieldType = {
  letters: '??',
  label: t.fields.types.unknown,
  width: 200,
  isSortable: false,
  initial: () => undefined,
  Cell: ({ value }) => <TextCell text={asText(value)} isMono />,
  Input: ({ field, value }) => (
    <FieldInput field={field} error={undefined} hint={t.fields.unknownType}>
      {(control) => (
        <TextArea {...control} isMono readOnly value={JSON.stringify(value, null, 2)} />
      )}
    </FieldInput>
  ),
}
