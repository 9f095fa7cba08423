import type { ComponentProps, ReactNode } from 'react'
import { t } from '#dashboard/text/t.ts'
import {
  Checkbox,
  Field,
  type Option,
  PasswordInput,
  Select,
  TextArea,
  TextInput,
} from '#dashboard/ui/field.tsx'
import { Mark } from '#dashboard/ui/states.tsx'
import { useSetting } from './settings-form.tsx'
import styles from './settings.module.css'

interface SettingProps {
  /** Where the setting is, as `smtp.host`. */
  readonly path: string
  readonly label: string
  readonly help?: ReactNode
}

/** Settings that belong together. */
export function Section({
  title,
  children,
}: {
  readonly title: string
  readonly children: ReactNode
}) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

/** Fields that stand beside each other where there is room. */
export function Row({ children }: { readonly children: ReactNode }) {
  return <div className={styles.row}>{children}</div>
}

/** Marks what was changed and not saved. */
function changedMark(isChanged: boolean): ReactNode {
  return isChanged ? <Mark look="accent">{t.settings.changed}</Mark> : undefined
}

/** A setting of one line. */
export function TextSetting({
  path,
  label,
  help,
  ...input
}: SettingProps & Omit<ComponentProps<typeof TextInput>, 'value' | 'onChange' | 'id'>) {
  const { value, isChanged, error, set } = useSetting(path)
  return (
    <Field label={label} help={help} error={error} note={changedMark(isChanged)}>
      {(control) => (
        <TextInput
          {...input}
          {...control}
          value={String(value ?? '')}
          onChange={(event) => set(event.target.value)}
        />
      )}
    </Field>
  )
}

/** A number. What is no number stays as it was typed, and the server says so. */
export function NumberSetting({ path, label, help }: SettingProps) {
  const { value, isChanged, error, set } = useSetting(path)
  return (
    <Field label={label} help={help} error={error} note={changedMark(isChanged)}>
      {(control) => (
        <TextInput
          {...control}
          inputMode="numeric"
          value={String(value ?? '')}
          onChange={({ target }) =>
            set(/^-?\d+$/.test(target.value) ? Number(target.value) : target.value)
          }
        />
      )}
    </Field>
  )
}

/** A switch. */
export function SwitchSetting({ path, label, help }: SettingProps) {
  const { value, isChanged, set } = useSetting(path)
  return (
    <div className={styles.switch}>
      <Checkbox
        label={
          <>
            {label} {changedMark(isChanged)}
          </>
        }
        isChecked={value === true}
        onChange={set}
      />
      {help !== undefined && <p className={styles.switchHelp}>{help}</p>}
    </div>
  )
}

/** One of a few. Numbers stay numbers. */
export function SelectSetting({
  path,
  label,
  help,
  options,
}: SettingProps & { readonly options: readonly Option[] }) {
  const { value, isChanged, error, set } = useSetting(path)
  return (
    <Field label={label} help={help} error={error} note={changedMark(isChanged)}>
      {(control) => (
        <Select
          {...control}
          value={String(value ?? '')}
          options={options}
          onChange={(chosen) => set(typeof value === 'number' ? Number(chosen) : chosen)}
        />
      )}
    </Field>
  )
}

/** A secret: it can be replaced but not read. */
export function SecretSetting({ path, label, help }: SettingProps) {
  const { value, isChanged, error, set } = useSetting(path)
  return (
    <Field label={label} help={help} error={error} note={changedMark(isChanged)}>
      {(control) => (
        <PasswordInput
          {...control}
          autoComplete="new-password"
          value={String(value ?? '')}
          onChange={(event) => set(event.target.value)}
        />
      )}
    </Field>
  )
}

/** A list of texts, one a line. */
export function LinesSetting({ path, label, help }: SettingProps) {
  const { value, isChanged, error, errors, set } = useSetting(path)
  const lines = Array.isArray(value) ? value.map(String) : []
  const first = [...errors][0]
  const problem =
    error ?? (first === undefined ? undefined : `${lines[Number(first[0])] ?? ''}: ${first[1]}`)
  return (
    <Field label={label} help={help} error={problem} note={changedMark(isChanged)}>
      {(control) => (
        <TextArea
          {...control}
          isMono
          spellCheck={false}
          value={lines.join('\n')}
          onChange={({ target }) => set(target.value === '' ? [] : target.value.split('\n'))}
        />
      )}
    </Field>
  )
}
