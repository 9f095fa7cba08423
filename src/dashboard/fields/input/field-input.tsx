import type { CollectionField } from 'pocketbase'
import { type ReactNode, use } from 'react'
import { t } from '#dashboard/text/t.ts'
import { type ControlProps, Field, FieldGroup } from '#dashboard/ui/field.tsx'
import { TypeMark } from '#dashboard/ui/states.tsx'
import { FieldTypeContext } from './field-type-context.ts'

interface FieldInputProps {
  readonly field: CollectionField
  readonly error: string | undefined
  /** Limits and the like, said before they are broken. */
  readonly hint?: string | undefined
  readonly children: (control: ControlProps) => ReactNode
}

/** The label of a field with the mark of its type, around one control. */
export function FieldInput({ field, error, hint, children }: FieldInputProps) {
  return (
    <Field
      label={<FieldLabel field={field} />}
      note={<FieldNote field={field} />}
      help={helpOf(field, hint)}
      error={error}
    >
      {children}
    </Field>
  )
}

/** As `FieldInput`, around several controls. */
export function FieldInputGroup(
  props: Omit<FieldInputProps, 'children'> & { readonly children: ReactNode },
) {
  const { field, error, hint, children } = props
  return (
    <FieldGroup
      label={<FieldLabel field={field} />}
      note={<FieldNote field={field} />}
      help={helpOf(field, hint)}
      error={error}
    >
      {children}
    </FieldGroup>
  )
}

function FieldLabel({ field }: { readonly field: CollectionField }) {
  return (
    <>
      <TypeMark letters={use(FieldTypeContext)?.letters ?? ''} /> {field.name}
    </>
  )
}

/** The type of a field in words, and what a value has to be. */
function FieldNote({ field }: { readonly field: CollectionField }) {
  const type = use(FieldTypeContext)
  const words = [
    type?.label ?? '',
    field['required'] === true ? t.fields.required : '',
    field.hidden ? t.fields.hidden : '',
  ]
  return <>{words.filter(Boolean).join(' · ')}</>
}

function helpOf(field: CollectionField, hint: string | undefined): string | undefined {
  const help = typeof field['help'] === 'string' ? field['help'] : ''
  const text = [help, hint ?? ''].filter(Boolean).join(' ')
  return text === '' ? undefined : text
}
