import type { CollectionField, CollectionModel, RecordModel } from 'pocketbase'
import { FieldTypeContext } from '#dashboard/fields/input/field-type-context.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import type { Values } from './form-values.ts'

interface FormFieldsProps {
  readonly fields: readonly CollectionField[]
  readonly collection: CollectionModel
  readonly collections: readonly CollectionModel[]
  readonly record: RecordModel | undefined
  readonly values: Values
  readonly errors: ReadonlyMap<string, string>
  readonly isReadOnly: boolean
  readonly onChange: (name: string, value: unknown) => void
}

/** One input a field, and the error of its value. */
export function FormFields({ fields, values, errors, onChange, ...rest }: FormFieldsProps) {
  return fields.map((field) => {
    const type = fieldTypeOf(field)
    const { Input } = type
    return Input === undefined ? null : (
      <div key={field.id} data-field={field.name}>
        <FieldTypeContext value={type}>
          <Input
            {...rest}
            field={field}
            value={values[field.name]}
            error={errorOf(errors, field)}
            onChange={(value) => onChange(field.name, value)}
          />
        </FieldTypeContext>
      </div>
    )
  })
}

/** The error of a field; a part of its value may have it, as `images.0`. */
function errorOf(
  errors: ReadonlyMap<string, string>,
  { name }: CollectionField,
): string | undefined {
  const own = [...errors].filter(
    ([path]) =>
      path === name ||
      path.startsWith(`${name}.`) ||
      (name === 'password' && path === 'passwordConfirm'),
  )
  return own.length === 0 ? undefined : own.map(([, message]) => message).join(' ')
}
