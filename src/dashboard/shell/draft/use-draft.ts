import { useEffect, useState } from 'react'
import { type Failure, readFailure } from '#dashboard/api/failure.ts'
import { forgetDraft, keepDraft, readDraft } from './draft-store.ts'
import { differentParts, isSame } from './same-value.ts'

interface DraftOptions<Value extends object> {
  /** Names the form: one draft is kept for each address. */
  readonly address: string
  /** The value stored on the server, as far as known. */
  readonly base: Value
  /** Reads again what is stored, so that nothing is overwritten unseen. */
  readonly read?: () => Promise<Value>
  /** True if the server refuses to overwrite a change with 412, so that only then it is read again. */
  readonly isGuarded?: boolean
  readonly save: (value: Value, base: Value) => Promise<Value>
  /** The errors of values that cannot be sent as they were typed, by path. */
  readonly faultsOf?: (value: Value) => ReadonlyMap<string, string>
  /** The parts to keep in the browser: no secrets, passwords or files. */
  readonly forStorage?: (value: Value, base: Value) => Partial<Value>
}

/** The changes another user stored since the form was opened. */
export interface Conflict<Value> {
  readonly stored: Value
  /** The parts that are different at the server now. */
  readonly parts: readonly string[]
}

/** A value that is being edited. */
export interface Draft<Value extends object> {
  readonly base: Value
  readonly value: Value
  readonly isDirty: boolean
  /** The top-level parts that were changed here. */
  readonly changedParts: readonly string[]
  /** True from the check to the response of the save. */
  readonly isSaving: boolean
  readonly failure: Failure | undefined
  /** The errors of single values, by path. */
  readonly errors: ReadonlyMap<string, string>
  readonly conflict: Conflict<Value> | undefined
  /** Input from before the page was left, until it is used or dropped. */
  readonly kept: Partial<Value> | undefined
  readonly change: (next: (value: Value) => Value) => void
  /** False when a value cannot be sent, or when someone else changed what is stored. */
  readonly check: () => Promise<boolean>
  /** Saves; undefined when it did not work, and `failure` or `conflict` says why. */
  readonly save: () => Promise<Value | undefined>
  /** Shows why the value cannot be saved. */
  readonly refuse: (failure: Failure) => void
  readonly discard: () => void
  /** Ends a conflict: what is stored now becomes the base, and the value is the given one. */
  readonly settle: (value: Value) => void
  /** Returns to the form with the conflict unsettled; the next save finds it again. */
  readonly postpone: () => void
  readonly takeKept: () => void
  readonly dropKept: () => void
}

const noErrors: ReadonlyMap<string, string> = new Map()

interface State<Value> {
  /** The stored value of the last render, to see when it becomes another one. */
  readonly source: Value
  readonly base: Value
  readonly value: Value
  readonly failure: Failure | undefined
  readonly conflict: Conflict<Value> | undefined
  readonly isSaving: boolean
  readonly kept: Partial<Value> | undefined
}

/** The state of a form: what is stored, what was typed, and what the server said about it. */
export function useDraft<Value extends object>(options: DraftOptions<Value>): Draft<Value> {
  const { address, base: stored, read, isGuarded = false, save, faultsOf } = options
  const { forStorage = same } = options
  const [state, setState] = useState<State<Value>>(() => begin(address, stored))
  const { source, base, value, failure, conflict, isSaving, kept } = state
  const isDirty = !isSame(base, value)
  const set = (changes: Partial<State<Value>>): void =>
    setState((previous) => ({ ...previous, ...changes }))

  // While nothing was typed the form shows what is stored; afterwards a change there is a conflict.
  if (!isSaving && !isSame(source, stored)) {
    set({ source: stored, ...(isDirty ? {} : { base: stored, value: stored }) })
  }

  useEffect(() => {
    if (!isDirty) return undefined
    const timer = setTimeout(() => {
      const parts = forStorage(value, base)
      if (Object.keys(parts).length > 0) keepDraft(address, parts)
    }, 400)
    return () => clearTimeout(timer)
  }, [address, value, base, isDirty, forStorage])

  const fail = (reason: Failure): undefined =>
    set({ failure: reason, isSaving: false }) as undefined
  const settled = (saved: Value): Value => {
    forgetDraft(address)
    set({ base: saved, value: saved, isSaving: false, conflict: undefined, kept: undefined })
    return saved
  }
  return {
    base,
    value,
    isDirty,
    changedParts: isDirty ? differentParts(base, value) : [],
    isSaving,
    failure,
    errors: failure?.fields ?? noErrors,
    conflict,
    kept,
    change: (next) => setState((previous) => ({ ...previous, value: next(previous.value) })),
    check: async () => {
      const faults = faultsOf?.(value) ?? noErrors
      if (faults.size > 0) {
        fail({ status: 400, message: '', fields: faults })
        return false
      }
      if (read === undefined || isGuarded) return true
      set({ isSaving: true, failure: undefined })
      try {
        const now = await read()
        const parts = differentParts(base, now)
        if (parts.length > 0) set({ conflict: { stored: now, parts } })
        set({ isSaving: false })
        return parts.length === 0
      } catch (error) {
        fail(readFailure(error))
        return false
      }
    },
    save: async () => {
      set({ isSaving: true, failure: undefined })
      try {
        return settled(await save(value, base))
      } catch (error) {
        const reason = readFailure(error)
        if (reason.status !== 412 || read === undefined) return fail(reason)
      }
      try {
        const now = await read()
        const parts = differentParts(base, now)
        // Nothing that the form shows was changed, so there is nothing to choose.
        if (parts.length === 0) return settled(await save(value, now))
        set({ conflict: { stored: now, parts }, isSaving: false })
        return undefined
      } catch (error) {
        return fail(readFailure(error))
      }
    },
    refuse: fail,
    discard: () => {
      forgetDraft(address)
      set({ value: base, failure: undefined, conflict: undefined })
    },
    settle: (chosen) => {
      if (conflict === undefined) return
      if (isSame(chosen, conflict.stored)) forgetDraft(address)
      set({ base: conflict.stored, value: chosen, conflict: undefined, failure: undefined })
    },
    postpone: () => set({ conflict: undefined }),
    takeKept: () => kept !== undefined && set({ value: { ...value, ...kept }, kept: undefined }),
    dropKept: () => {
      forgetDraft(address)
      set({ kept: undefined })
    },
  }
}

function begin<Value extends object>(address: string, stored: Value): State<Value> {
  const kept = readDraft(address) as Partial<Value> | undefined
  return {
    source: stored,
    base: stored,
    value: stored,
    failure: undefined,
    conflict: undefined,
    isSaving: false,
    kept: kept === undefined || isSame({ ...stored, ...kept }, stored) ? undefined : kept,
  }
}

function same<Value>(value: Value): Value {
  return value
}
