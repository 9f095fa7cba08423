import { useCallback, useEffect, useMemo, useState } from 'react'
import { InvalidInput } from '#dashboard/fields/field-type.ts'
import { forgetDraft, keepDraft, readDraft } from '#dashboard/shell/draft-store.ts'

/** Values by the names of their fields. */
export type Values = Readonly<Record<string, unknown>>

/** A form's values, as they were and as they are. */
export interface Draft {
  readonly base: Values
  readonly value: Values
  /** The names of what differs from the base. */
  readonly changed: readonly string[]
  set(name: string, value: unknown): void
  /** Goes back to the base. */
  reset(): void
  /** Takes other values as the base, keeping what was changed. */
  rebase(base: Values, value?: Values): void
  /** A draft of an earlier visit. It is offered, never applied by itself. */
  readonly kept: Values | undefined
  useKept(): void
  /** Removes the stored draft, after a save or because it is not wanted. */
  forget(): void
}

interface DraftOptions {
  /** Where the draft belongs: what is edited. */
  readonly address: string
  readonly base: Values
  /** Names of values that are not stored: passwords. */
  readonly secrets: readonly string[]
}

/** Holds the values of a form, and keeps what was typed in the browser for a week. */
export function useDraft({ address, base: firstBase, secrets }: DraftOptions): Draft {
  const [base, setBase] = useState(firstBase)
  const [value, setValue] = useState(firstBase)
  const [kept, setKept] = useState(() => readDraft(address) as Values | undefined)
  const changed = useMemo(
    () => Object.keys(value).filter((name) => !isSame(value[name], base[name])),
    [value, base],
  )

  useEffect(() => {
    if (changed.length === 0) return undefined
    const timer = setTimeout(() => {
      const shown = changed.filter((name) => !secrets.includes(name))
      const texts = shown.filter((name) => canBeKept(value[name]))
      if (texts.length > 0) keepDraft(address, pick(value, texts))
    }, 400)
    return () => clearTimeout(timer)
  }, [address, changed, value, secrets])

  return {
    base,
    value,
    changed,
    set: useCallback((name, next) => setValue((values) => ({ ...values, [name]: next })), []),
    reset: () => {
      setValue(base)
      forgetDraft(address)
    },
    rebase: (next, values) => {
      setBase(next)
      setValue(values ?? { ...next, ...pick(value, changed) })
    },
    kept: changed.length === 0 ? kept : undefined,
    useKept: () => {
      setValue({ ...value, ...kept })
      setKept(undefined)
    },
    forget: () => {
      forgetDraft(address)
      setKept(undefined)
    },
  }
}

/** True when two values mean the same to the API. Files are the same only as the same object. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (a instanceof File || b instanceof File) return false
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]))
  }
  return typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b)
}

function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, values[name]]))
}

/** Files cannot be kept in the browser's storage, and what is invalid is not worth it. */
function canBeKept(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(canBeKept)
  return !(value instanceof File || value instanceof InvalidInput)
}
