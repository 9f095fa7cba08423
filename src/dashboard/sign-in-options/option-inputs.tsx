import { type ComponentProps, type ReactNode, useState } from 'react'
import { t } from '#dashboard/text/definition-texts.ts'
import {
  Checkbox,
  Field,
  FieldError,
  type Option,
  Select,
  TextArea,
  TextInput,
} from '#dashboard/ui/field.tsx'
import { durationInWords } from './duration.ts'
import { useOption } from './option-context.ts'
import styles from './sign-in-options.module.css'

interface OptionProps {
  /** Where the option is, as `otp.length`. */
  readonly path: string
  readonly label: string
  readonly help?: ReactNode
}

/** A part of the options, under a heading. */
export function OptionSection(props: {
  readonly title: string
  readonly help?: string
  readonly children: ReactNode
}) {
  return (
    <section className={styles.section} aria-label={props.title}>
      <div className={styles.head}>
        <h2>{props.title}</h2>
        {props.help !== undefined && <p>{props.help}</p>}
      </div>
      {props.children}
    </section>
  )
}

/** A switch. */
export function SwitchOption({ path, label, help }: OptionProps) {
  const { value, error, set } = useOption(path)
  return (
    <div>
      <Checkbox label={label} isChecked={value === true} onChange={set} />
      {help !== undefined && <p className={styles.switchHelp}>{help}</p>}
      <FieldError id={undefined} error={error} />
    </div>
  )
}

/** A text of one line. */
export function TextOption({
  path,
  label,
  help,
  ...input
}: OptionProps & Omit<ComponentProps<typeof TextInput>, 'value' | 'onChange' | 'id'>) {
  const { value, error, set } = useOption(path)
  return (
    <Field label={label} help={help} error={error}>
      {(control) => (
        <TextInput
          {...input}
          {...control}
          autoComplete="off"
          spellCheck={false}
          value={textOf(value)}
          onChange={({ target }) => set(target.value)}
        />
      )}
    </Field>
  )
}

/** A list of words, one on each line. Blank lines stay while they are typed. */
export function WordsOption({ path, label, help }: OptionProps) {
  const { value, error, set } = useOption(path)
  const words: readonly unknown[] = Array.isArray(value) ? value : []
  const [typed, setTyped] = useState<string>()
  return (
    <Field label={label} help={help} error={error}>
      {(control) => (
        <TextArea
          {...control}
          rows={3}
          spellCheck={false}
          value={typed ?? words.join('\n')}
          onChange={({ target }) => {
            setTyped(target.value)
            set(target.value.split('\n').flatMap((word) => word.trim() || []))
          }}
          onBlur={() => setTyped(undefined)}
        />
      )}
    </Field>
  )
}

/** A whole number. What is none stays as it was typed, and the server says so. */
export function NumberOption({
  path,
  label,
  help,
  note,
}: OptionProps & { readonly note?: string }) {
  const { value, error, set } = useOption(path)
  return (
    <Field label={label} help={help} note={note} error={error}>
      {(control) => (
        <TextInput
          {...control}
          inputMode="numeric"
          autoComplete="off"
          value={textOf(value)}
          onChange={({ target }) =>
            set(/^\d+$/.test(target.value) ? Number(target.value) : target.value)
          }
        />
      )}
    </Field>
  )
}

/** A number of seconds, with the same in words. */
export function DurationOption(props: OptionProps) {
  const { value } = useOption(props.path)
  const words = typeof value === 'number' ? durationInWords(value) : undefined
  return (
    <NumberOption
      {...props}
      label={t.signInOptions.inSeconds(props)}
      {...(words === undefined ? {} : { note: words })}
    />
  )
}

/** One of a few. */
export function ChoiceOption({
  path,
  label,
  help,
  options,
}: OptionProps & { readonly options: readonly Option[] }) {
  const { value, error, set } = useOption(path)
  return (
    <Field label={label} help={help} error={error}>
      {(control) => <Select {...control} value={textOf(value)} options={options} onChange={set} />}
    </Field>
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
