import { createContext, useContext } from 'react'
import type { Definition } from '#dashboard/schema/definition.ts'

/** The definition whose options are edited, and the errors of the server by path. */
export interface OptionForm {
  readonly base: Definition
  readonly definition: Definition
  readonly errors: ReadonlyMap<string, string>
  readonly onChange: (change: (definition: Definition) => Definition) => void
}

/** Gives the parts of the form the definition. */
export const OptionContext = createContext<OptionForm | undefined>(undefined)

/** The form that a part belongs to. */
export function useOptionForm(): OptionForm {
  const form = useContext(OptionContext)
  if (form === undefined) throw new Error('There is no form around this option.')
  return form
}

/** One option by its path, as `otp.duration`. */
export function useOption(path: string) {
  const { definition, errors, onChange } = useOptionForm()
  const keys = path.split('.')
  return {
    value: valueAt(definition, keys),
    error: errors.get(path),
    set: (value: unknown) => onChange((now) => withValueAt(now, keys, value) as Definition),
  }
}

function valueAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value
  return valueAt((value as Readonly<Record<string, unknown>> | undefined)?.[key], rest)
}

function withValueAt(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(target)) {
    return target.map((one, at) => (String(at) === key ? withValueAt(one, rest, value) : one))
  }
  const object = (target ?? {}) as Readonly<Record<string, unknown>>
  return { ...object, [key]: withValueAt(object[key], rest, value) }
}
