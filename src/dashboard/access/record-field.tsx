import { Search } from 'lucide-react'
import type { CollectionModel } from 'pocketbase'
import { type ReactNode, useState } from 'react'
import { useRecord } from '#dashboard/api/records/records.ts'
import { labelOf } from '#dashboard/fields/values/record-label.ts'
import { RelationPicker } from '#dashboard/fields/input/relation-picker.tsx'
import { t } from '#dashboard/text/access-texts.ts'
import { IconButton } from '#dashboard/ui/button.tsx'
import { Field, TextInput } from '#dashboard/ui/field.tsx'
import styles from './explain.module.css'

interface RecordFieldProps {
  readonly label: string
  readonly target: CollectionModel
  readonly id: string
  readonly help?: ReactNode
  readonly error?: string | undefined
  readonly onChange: (id: string) => void
}

/** A record by its id, pasted or found by a search. */
export function RecordField({ label, target, id, help, error, onChange }: RecordFieldProps) {
  const [isSearching, setSearching] = useState(false)
  const { data } = useRecord(target.name, id)
  const name = data === undefined ? undefined : labelOf(data, target)
  return (
    <>
      <Field
        label={label}
        note={name === id ? undefined : name}
        help={help ?? t.explain.idHelp}
        error={error}
      >
        {(control) => (
          <span className={styles.withButton}>
            <TextInput
              {...control}
              isMono
              value={id}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              onChange={({ target: { value } }) => onChange(value.trim())}
            />
            <IconButton
              icon={Search}
              look="secondary"
              label={t.explain.search({ name: target.name })}
              aria-expanded={isSearching}
              onClick={() => setSearching(!isSearching)}
            />
          </span>
        )}
      </Field>
      {isSearching && (
        <RelationPicker
          label={t.explain.search({ name: target.name })}
          target={target}
          chosen={id === '' ? [] : [id]}
          max={1}
          onChange={([chosen = '']) => onChange(chosen)}
          onClose={() => setSearching(false)}
        />
      )}
    </>
  )
}
