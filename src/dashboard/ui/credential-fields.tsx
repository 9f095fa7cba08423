import { Field, PasswordInput, TextInput } from './field.tsx'

interface CredentialProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly help?: string
  readonly error?: string | undefined
  /** The name of the input, in forms that a password manager fills in. */
  readonly name?: string
  readonly isRequired?: boolean
}

/** The address of an account. */
export function EmailField(props: CredentialProps) {
  const { label, value, onChange, help, error, name, isRequired } = props
  return (
    <Field label={label} help={help} error={error}>
      {(control) => (
        <TextInput
          {...control}
          type="email"
          name={name}
          autoComplete="username"
          required={isRequired}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

/** A password: the account's own, or one to be set. */
export function PasswordField(props: CredentialProps & { readonly kind: 'current' | 'new' }) {
  const { label, value, onChange, help, error, name, isRequired, kind } = props
  return (
    <Field label={label} help={help} error={error}>
      {(control) => (
        <PasswordInput
          {...control}
          name={name}
          autoComplete={`${kind}-password`}
          required={isRequired}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
