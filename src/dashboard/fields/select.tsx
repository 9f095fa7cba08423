import { t } from '#dashboard/text/t.ts'
import { Checkbox, RadioGroup, Select } from '#dashboard/ui/field.tsx'
import { LabelsCell } from '#dashboard/fields/input/cells.tsx'
import { listCodec } from '#dashboard/fields/values/csv-codec.ts'
import {
  asList,
  asText,
  type FieldType,
  type InputProps,
  isMultiple,
  listOption,
  numberOption,
} from './field-type.ts'
import { FieldInput, FieldInputGroup } from '#dashboard/fields/input/field-input.tsx'
import styles from './fields.module.css'

/** One or several of given values. */
export const select: FieldType = {
  letters: 'Se',
  label: t.fields.types.select,
  width: 150,
  csv: listCodec,
  initial: (field) => (isMultiple(field) ? [] : ''),
  Cell: ({ value }) => <LabelsCell labels={asList(value)} />,
  Inline: ({ field, value, onChange, control }) => (
    <Select
      {...control}
      value={asText(value)}
      options={[
        { value: '', label: t.fields.none },
        ...listOption(field, 'values').map((each) => ({ value: each, label: each })),
      ]}
      onChange={onChange}
    />
  ),
  fitsInline: (field) => !isMultiple(field),
  hasModifiers: isMultiple,
  Input: (props) => (isMultiple(props.field) ? <ManyInput {...props} /> : <OneInput {...props} />),
}

/** Up to this number, all values are shown at once. */
const maxRadioButtons = 5

function OneInput({ field, value, onChange, error, isReadOnly }: InputProps) {
  const values = listOption(field, 'values')
  const options = values.map((each) => ({ value: each, label: each }))
  const none = { value: '', label: t.fields.none }
  if (values.length > maxRadioButtons || isReadOnly) {
    return (
      <FieldInput field={field} error={error}>
        {(control) => (
          <Select
            {...control}
            disabled={isReadOnly}
            value={asText(value)}
            options={[none, ...options]}
            onChange={onChange}
          />
        )}
      </FieldInput>
    )
  }
  return (
    <FieldInputGroup field={field} error={error}>
      <div className={styles.choices}>
        <RadioGroup
          name={field.id}
          value={asText(value)}
          options={field['required'] === true ? options : [none, ...options]}
          onChange={onChange}
        />
      </div>
    </FieldInputGroup>
  )
}

function ManyInput({ field, value, onChange, error, isReadOnly }: InputProps) {
  const chosen = asList(value)
  const max = numberOption(field, 'maxSelect') ?? 1
  return (
    <FieldInputGroup field={field} error={error} hint={t.fields.upTo({ max })}>
      <div className={styles.choices}>
        {listOption(field, 'values').map((each) => (
          <Checkbox
            key={each}
            label={each}
            isChecked={chosen.includes(each)}
            disabled={isReadOnly || (!chosen.includes(each) && chosen.length >= max)}
            onChange={(isChecked) =>
              onChange(isChecked ? [...chosen, each] : chosen.filter((other) => other !== each))
            }
          />
        ))}
      </div>
    </FieldInputGroup>
  )
}
