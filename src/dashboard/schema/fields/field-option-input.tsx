import { useCollections } from '#dashboard/api/collections.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Checkbox, Field, Select, TextArea, TextInput } from '#dashboard/ui/field.tsx'
import type { FieldOption } from './field-kinds.ts'

interface InputProps {
  readonly option: FieldOption
  readonly value: unknown
  readonly error: string | undefined
  readonly isLocked?: boolean
  readonly onChange: (value: unknown) => void
}

/** The input of one option of a field. */
export function FieldOptionInput({ option, value, error, isLocked = false, onChange }: InputProps) {
  const { kind, label, help } = option
  if (kind === 'bool') {
    return <Checkbox label={label} isChecked={value === true} onChange={onChange} />
  }
  return (
    <Field label={label} help={help} error={error}>
      {(control) => {
        if (kind === 'collection') {
          return (
            <CollectionSelect
              {...control}
              value={textOf(value)}
              disabled={isLocked}
              onChange={onChange}
            />
          )
        }
        if (kind === 'lines') {
          return (
            <TextArea
              {...control}
              value={linesOf(value)}
              onChange={({ target }) =>
                onChange(target.value === '' ? [] : target.value.split('\n'))
              }
            />
          )
        }
        if (kind === 'count' || kind === 'number') {
          return (
            <TextInput
              {...control}
              type="number"
              step={kind === 'count' ? 1 : 'any'}
              min={kind === 'count' ? 0 : undefined}
              value={typeof value === 'number' && (value !== 0 || kind === 'number') ? value : ''}
              placeholder={kind === 'count' ? '0' : t.schema.fields.noLimit}
              onChange={({ target }) => onChange(numberOf(target.value, kind))}
            />
          )
        }
        return (
          <TextInput
            {...control}
            isMono={kind === 'pattern'}
            value={textOf(value)}
            placeholder={kind === 'date' ? '2026-01-31 00:00:00.000Z' : undefined}
            spellCheck={false}
            onChange={({ target }) => onChange(target.value)}
          />
        )
      }}
    </Field>
  )
}

interface CollectionSelectProps {
  readonly id: string
  readonly value: string
  readonly disabled: boolean
  readonly onChange: (id: string) => void
}

/** Collections by name; a relation keeps the id. */
function CollectionSelect({ value, onChange, ...rest }: CollectionSelectProps) {
  const { data = [] } = useCollections()
  const options = data.map(({ id, name }) => ({ value: id, label: name }))
  const none = { value: '', label: t.schema.fields.chooseCollection }
  return (
    <Select
      {...rest}
      value={value}
      options={value === '' ? [none, ...options] : options}
      onChange={onChange}
    />
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function linesOf(value: unknown): string {
  return Array.isArray(value) ? value.join('\n') : ''
}

function numberOf(text: string, kind: 'count' | 'number'): number | null {
  if (text === '') return kind === 'count' ? 0 : null
  return Number(text)
}
