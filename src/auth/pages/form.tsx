import type { Child, FC } from 'hono/jsx'

/** A labelled input, with the error of its last value. */
interface FieldProps {
  readonly name: string
  readonly label: string
  readonly type: 'email' | 'password'
  /** Tells password managers and assistive tools the purpose of the input. */
  readonly autocomplete: 'username' | 'new-password' | 'current-password'
  readonly hint?: string
  readonly error?: string | undefined
  /** A read-only value. */
  readonly value?: string
  readonly minLength?: number
  readonly hasFocus?: boolean
}

/**
 * An input with its hint and error. Screen readers read both with the label when it gets the focus.
 */
export const Field: FC<FieldProps> = (field) => {
  const { name, hint, error, value, hasFocus = false } = field
  const hintId = hint === undefined ? undefined : `${name}-hint`
  const errorId = error === undefined ? undefined : `${name}-error`
  const describedBy = [errorId, hintId].filter((id) => id !== undefined).join(' ')
  return (
    <div class="field">
      <label for={name}>{field.label}</label>
      {hint === undefined ? null : (
        <p class="hint" id={hintId}>
          {hint}
        </p>
      )}
      {error === undefined ? null : (
        <p class="error" id={errorId}>
          {error}
        </p>
      )}
      <input
        id={name}
        name={name}
        type={field.type}
        autocomplete={field.autocomplete}
        autocapitalize="none"
        spellcheck={false}
        value={value}
        readonly={value !== undefined}
        required={value === undefined}
        minlength={field.minLength}
        autofocus={hasFocus}
        aria-invalid={error === undefined ? undefined : 'true'}
        aria-describedby={describedBy === '' ? undefined : describedBy}
      />
    </div>
  )
}

/** A form that is posted to its own URL. */
export const Form: FC<{
  readonly submit: string
  readonly alert?: string | undefined
  readonly children?: Child
}> = ({ submit, alert, children }) => (
  <form method="post">
    {alert === undefined ? null : (
      <p class="error" role="alert">
        {alert}
      </p>
    )}
    {children}
    <button type="submit">{submit}</button>
  </form>
)
