import { useCallback, useEffect, useMemo, useState } from 'react'
import { session } from '#dashboard/api/client.ts'
import {
  type KeptDraft,
  keepDraft,
  readKeptDraft,
  removeKeptDraft,
} from '#dashboard/api/kept-drafts.ts'

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
  readonly kept: KeptDraft | undefined
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
  const key = `arete:draft:${session.record?.id ?? ''}:${address}`
  const [base, setBase] = useState(firstBase)
  const [value, setValue] = useState(firstBase)
  const [kept, setKept] = useState(() => readKeptDraft(key))
  const changed = useMemo(
    () => Object.keys(value).filter((name) => !isSame(value[name], base[name])),
    [value, base],
  )

  useEffect(() => {
    if (changed.length === 0) return undefined
    const timer = setTimeout(() => {
      const shown = changed.filter((name) => !secrets.includes(name))
      keepDraft(key, Object.fromEntries(shown.map((name) => [name, value[name]])))
    }, 400)
    return () => clearTimeout(timer)
  }, [key, changed, value, secrets])

  return {
    base,
    value,
    changed,
    set: useCallback((name, next) => setValue((values) => ({ ...values, [name]: next })), []),
    reset: () => {
      setValue(base)
      removeKeptDraft(key)
    },
    rebase: (next, values) => {
      setBase(next)
      setValue(values ?? { ...next, ...pick(value, changed) })
    },
    kept: changed.length === 0 ? kept : undefined,
    useKept: () => {
      setValue({ ...value, ...kept?.values })
      setKept(undefined)
    },
    forget: () => {
      removeKeptDraft(key)
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
