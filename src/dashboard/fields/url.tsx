import { t } from '#dashboard/text/t.ts'
import { TextInput } from '#dashboard/ui/field.tsx'
import { NoValue, TextCell } from '#dashboard/fields/input/cells.tsx'
import { textCodec } from '#dashboard/fields/values/csv-codec.ts'
import { asText, type FieldType } from './field-type.ts'
import { FieldInput } from '#dashboard/fields/input/field-input.tsx'
import { InlineText } from '#dashboard/fields/input/inline-text.tsx'
import styles from './fields.module.css'

/** An address on the web. */
export const url: FieldType = {
  letters: 'Ur',
  label: t.fields.types.url,
  width: 220,
  isText: true,
  csv: textCodec,
  initial: () => '',
  Cell: ({ value }) => <LinkCell address={asText(value)} />,
  Inline: InlineText,
  Input: ({ field, value, onChange, error, isReadOnly }) => (
    <FieldInput field={field} error={error}>
      {(control) => (
        <TextInput
          {...control}
          type="url"
          autoComplete="off"
          readOnly={isReadOnly}
          value={asText(value)}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </FieldInput>
  ),
}

/** A stored address may have any scheme; only these are followed. */
function LinkCell({ address }: { readonly address: string }) {
  if (address === '') return <NoValue />
  if (!/^https?:\/\//i.test(address)) return <TextCell text={address} />
  return (
    <a
      className={styles.text}
      href={address}
      target="_blank"
      rel="noopener noreferrer"
      tabIndex={-1}
      onClick={(event) => event.stopPropagation()}
    >
      {address.replace(/^https?:\/\//i, '')}
    </a>
  )
}
