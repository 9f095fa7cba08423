import { Check } from 'lucide-react'
import { t } from '#dashboard/text/t.ts'
import { Checkbox } from '#dashboard/ui/field.tsx'
import { NoValue } from '#dashboard/fields/input/cells.tsx'
import { boolCodec } from '#dashboard/fields/values/csv-codec.ts'
import type { FieldType, InputProps } from './field-type.ts'
import { FieldInputGroup } from '#dashboard/fields/input/field-input.tsx'
import styles from './fields.module.css'

/** Yes or no. */
export const bool: FieldType = {
  letters: 'Bo',
  label: t.fields.types.bool,
  width: 100,
  csv: boolCodec,
  initial: () => false,
  Cell: ({ value }) =>
    value === true ? (
      <span className={styles.yes}>
        <Check size={16} strokeWidth={1.75} role="img" aria-label={t.fields.yes} />
      </span>
    ) : value === false ? (
      <span className={styles.none}>{t.fields.no}</span>
    ) : (
      <NoValue />
    ),
  Input: BoolInput,
  Inline: ({ value, onChange, control }) => (
    <Checkbox {...control} label={t.fields.yes} isChecked={value === true} onChange={onChange} />
  ),
}

function BoolInput({ field, value, onChange, error, isReadOnly }: InputProps) {
  return (
    <FieldInputGroup field={field} error={error}>
      <Checkbox
        label={t.fields.yes}
        aria-label={field.name}
        isChecked={value === true}
        disabled={isReadOnly}
        onChange={onChange}
      />
    </FieldInputGroup>
  )
}
