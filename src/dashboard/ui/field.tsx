import { CircleAlert, Eye, EyeOff } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId, useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { IconButton } from './button.tsx'
import { classNames } from './class-names.ts'
import styles from './field.module.css'

/** The props a control gets from its field, so that label, help and error belong to it. */
export interface ControlProps {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': true | undefined
}

export interface FieldProps {
  readonly label: ReactNode
  /** Small text next to the label: the type of a field, "optional". */
  readonly note?: ReactNode
  readonly help?: ReactNode
  readonly error?: string | undefined
  readonly children: (control: ControlProps) => ReactNode
}

/** A label above a control, with its help and its error below. */
export function Field({ label, note, help, error, children }: FieldProps) {
  const id = useId()
  const helpId = help === undefined ? undefined : `${id}-help`
  const errorId = error === undefined ? undefined : `${id}-error`
  const describedBy = [helpId, errorId].filter(Boolean).join(' ')
  return (
    <div className={styles.field}>
      <span className={styles.labelRow}>
        <label htmlFor={id} className={styles.label}>
          {label}
        </label>
        {note !== undefined && <span className={styles.note}>{note}</span>}
      </span>
      {children({
        id,
        'aria-describedby': describedBy === '' ? undefined : describedBy,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {helpId !== undefined && (
        <span id={helpId} className={styles.help}>
          {help}
        </span>
      )}
      <FieldError id={errorId} error={error} />
    </div>
  )
}

/** The error of a control, with an icon, so that it does not depend on colour alone. */
export function FieldError({ id, error }: { id: string | undefined; error: string | undefined }) {
  if (error === undefined) return null
  return (
    <span id={id} className={styles.error}>
      <CircleAlert size={16} strokeWidth={1.75} aria-hidden />
      {error}
    </span>
  )
}

interface GroupProps {
  readonly label: ReactNode
  readonly note?: ReactNode
  readonly help?: ReactNode
  readonly error?: string | undefined
  readonly children: ReactNode
}

/** Like `Field`, for several controls under one label: radio buttons, two inputs of one value. */
export function FieldGroup({ label, note, help, error, children }: GroupProps) {
  const id = useId()
  const helpId = help === undefined ? undefined : `${id}-help`
  const errorId = error === undefined ? undefined : `${id}-error`
  const describedBy = [helpId, errorId].filter(Boolean).join(' ')
  return (
    <fieldset
      className={styles.field}
      aria-describedby={describedBy === '' ? undefined : describedBy}
    >
      <legend className={styles.labelRow}>
        <span className={styles.label}>{label}</span>
        {note !== undefined && <span className={styles.note}>{note}</span>}
      </legend>
      {children}
      {helpId !== undefined && (
        <span id={helpId} className={styles.help}>
          {help}
        </span>
      )}
      <FieldError id={errorId} error={error} />
    </fieldset>
  )
}

/** A single-line input for a `Field`. */
export function TextInput({
  isMono,
  className,
  ...rest
}: ComponentProps<'input'> & { readonly isMono?: boolean }) {
  return (
    <input
      type="text"
      {...rest}
      className={classNames(styles.control, isMono && styles.mono, className)}
    />
  )
}

/** A multi-line input that grows with its text. */
export function TextArea({
  isMono,
  className,
  ...rest
}: ComponentProps<'textarea'> & { readonly isMono?: boolean }) {
  return (
    <textarea
      rows={3}
      {...rest}
      className={classNames(styles.control, isMono && styles.mono, className)}
    />
  )
}

/** A password input with a switch that shows it. */
export function PasswordInput({
  startsShown = false,
  ...props
}: Omit<ComponentProps<'input'>, 'type'> & { readonly startsShown?: boolean }) {
  const [isShown, setShown] = useState(startsShown)
  return (
    <span className={styles.revealed}>
      <input {...props} type={isShown ? 'text' : 'password'} className={styles.control} />
      <IconButton
        icon={isShown ? EyeOff : Eye}
        label={isShown ? t.general.hidePassword : t.general.showPassword}
        aria-pressed={isShown}
        onClick={() => setShown(!isShown)}
      />
    </span>
  )
}

export interface Option<Value extends string = string> {
  readonly value: Value
  readonly label: string
}

/** The options of an object of labels by value. */
export function optionsFrom<Value extends string>(
  labels: Readonly<Record<Value, string>>,
): readonly Option<Value>[] {
  return (Object.keys(labels) as Value[]).map((value) => ({ value, label: labels[value] }))
}

interface SelectProps<Value extends string> extends Omit<
  ComponentProps<'select'>,
  'onChange' | 'value'
> {
  readonly value: Value
  readonly options: readonly Option<Value>[]
  readonly onChange: (value: Value) => void
}

/** A native select with a few options, for a `Field`. */
export function Select<Value extends string>({
  options,
  onChange,
  className,
  ...rest
}: SelectProps<Value>) {
  return (
    <select
      {...rest}
      className={classNames(styles.control, className)}
      onChange={(event) => {
        const chosen = options.find(({ value }) => value === event.target.value)
        if (chosen !== undefined) onChange(chosen.value)
      }}
    >
      {options.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  )
}

interface CheckboxProps extends Omit<ComponentProps<'input'>, 'onChange' | 'type' | 'checked'> {
  readonly label: ReactNode
  readonly isChecked: boolean
  readonly onChange: (isChecked: boolean) => void
}

/** A checkbox with its label beside it. */
export function Checkbox({ label, isChecked, onChange, ...rest }: CheckboxProps) {
  return (
    <label className={styles.check}>
      <input
        {...rest}
        type="checkbox"
        checked={isChecked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  )
}

interface RadioGroupProps<Value extends string> {
  readonly name: string
  readonly value: Value | undefined
  readonly options: readonly (Option<Value> & { readonly help?: string })[]
  readonly onChange: (value: Value) => void
}

/** Radio buttons for a `FieldGroup`. */
export function RadioGroup<Value extends string>({
  name,
  value,
  options,
  onChange,
}: RadioGroupProps<Value>) {
  return options.map((option) => (
    <label key={option.value} className={styles.check}>
      <input
        type="radio"
        name={name}
        value={option.value}
        checked={option.value === value}
        onChange={() => onChange(option.value)}
      />
      <span>
        {option.label}
        {option.help !== undefined && (
          <span className={classNames(styles.help, styles.field)}>{option.help}</span>
        )}
      </span>
    </label>
  ))
}
