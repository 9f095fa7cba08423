import { useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { PasswordInput } from '#dashboard/ui/field.tsx'
import { textCodec } from '#dashboard/fields/values/csv-codec.ts'
import { asText, type FieldType, type InputProps, numberOption } from './field-type.ts'
import { FieldInput } from '#dashboard/fields/input/field-input.tsx'
import styles from './fields.module.css'

/** A secret that is written and compared, and never returned. */
export const password: FieldType = {
  letters: 'Pa',
  label: t.fields.types.password,
  width: 120,
  isSortable: false,
  isSecret: true,
  csv: textCodec,
  initial: () => '',
  Input: PasswordFieldInput,
}

const alphabet = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A random password without characters that are taken for others. */
function generatePassword(length = 20): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length))
  // 56 of 256 divides almost evenly; the rest costs a fraction of a bit.
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('')
}

function PasswordFieldInput({ field, value, onChange, error, record, isReadOnly }: InputProps) {
  const [generation, setGeneration] = useState(0)
  const min = numberOption(field, 'min')
  const hints = [
    record === undefined ? '' : t.fields.passwordSet,
    min === undefined ? '' : t.fields.charactersAtLeast({ min }),
  ].filter(Boolean)
  if (isReadOnly) return null
  return (
    <FieldInput field={field} error={error} hint={hints.length === 0 ? undefined : hints.join(' ')}>
      {(control) => (
        <span className={styles.withAction}>
          <PasswordInput
            {...control}
            key={generation}
            autoComplete="new-password"
            startsShown={generation > 0}
            value={asText(value)}
            onChange={(event) => onChange(event.target.value)}
          />
          <Button
            onClick={() => {
              onChange(generatePassword())
              setGeneration(generation + 1)
            }}
          >
            {t.fields.generate}
          </Button>
        </span>
      )}
    </FieldInput>
  )
}
