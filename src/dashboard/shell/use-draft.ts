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
  readonly save: (value: Value, base: Value) => Promise<Value>
  /** The value without secrets, passwords and files, which no draft may keep. */
  readonly forStorage?: (value: Value) => Value
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
  readonly isSaving: boolean
  readonly failure: Failure | undefined
  /** The server's errors for single values, by path. */
  readonly errors: ReadonlyMap<string, string>
  readonly conflict: Conflict<Value> | undefined
  /** Input from before the page was left, until it is used or dropped. */
  readonly kept: Value | undefined
  readonly change: (next: (value: Value) => Value) => void
  /** Compares with what is stored; false when someone else changed it. */
  readonly check: () => Promise<boolean>
  /** Saves; undefined when it did not work, and `failure` says why. */
  readonly save: () => Promise<Value | undefined>
  readonly discard: () => void
  /** Ends a conflict: with what is stored, or with what was typed here. */
  readonly settle: (choice: 'mine' | 'theirs') => void
  readonly takeKept: () => void
  readonly dropKept: () => void
}

const noErrors: ReadonlyMap<string, string> = new Map()

interface State<Value> {
  readonly base: Value
  readonly value: Value
  readonly failure: Failure | undefined
  readonly conflict: Conflict<Value> | undefined
  readonly isSaving: boolean
  readonly kept: Value | undefined
}

/** The state of a form: what is stored, what was typed, and what the server said about it. */
export function useDraft<Value extends object>(options: DraftOptions<Value>): Draft<Value> {
  const { address, base: stored, read, save, forStorage = same } = options
  const [state, setState] = useState<State<Value>>(() => begin(address, stored))
  const { base, value, failure, conflict, isSaving, kept } = state
  const isDirty = !isSame(base, value)
  const set = (changes: Partial<State<Value>>): void =>
    setState((previous) => ({ ...previous, ...changes }))

  // While nothing was typed the form shows what is stored; afterwards a change there is a conflict.
  if (!isDirty && !isSaving && !isSame(base, stored)) set({ base: stored, value: stored })

  useEffect(() => {
    if (!isDirty) return undefined
    const timer = setTimeout(() => keepDraft(address, forStorage(value)), 400)
    return () => clearTimeout(timer)
  }, [address, value, isDirty, forStorage])

  const fail = (error: unknown): undefined =>
    set({ failure: readFailure(error), isSaving: false }) as undefined
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
      if (read === undefined) return true
      try {
        const now = await read()
        const parts = differentParts(base, now)
        if (parts.length === 0) return true
        set({ conflict: { stored: now, parts } })
      } catch (error) {
        fail(error)
      }
      return false
    },
    save: async () => {
      set({ isSaving: true, failure: undefined })
      try {
        const saved = await save(value, base)
        forgetDraft(address)
        set({ base: saved, value: saved, isSaving: false, conflict: undefined, kept: undefined })
        return saved
      } catch (error) {
        return fail(error)
      }
    },
    discard: () => {
      forgetDraft(address)
      set({ value: base, failure: undefined, conflict: undefined })
    },
    settle: (choice) => {
      if (conflict === undefined) return
      const { stored: theirs } = conflict
      if (choice === 'theirs') forgetDraft(address)
      set({
        base: theirs,
        value: choice === 'theirs' ? theirs : value,
        conflict: undefined,
        failure: undefined,
      })
    },
    takeKept: () => kept !== undefined && set({ value: kept, kept: undefined }),
    dropKept: () => {
      forgetDraft(address)
      set({ kept: undefined })
    },
  }
}

function begin<Value extends object>(address: string, stored: Value): State<Value> {
  const kept = readDraft(address) as Value | undefined
  return {
    base: stored,
    value: stored,
    failure: undefined,
    conflict: undefined,
    isSaving: false,
    kept: kept === undefined || isSame(kept, stored) ? undefined : kept,
  }
}

function same<Value>(value: Value): Value {
  return value
}
