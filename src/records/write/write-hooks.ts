/*
 * The hooks of an application before a write. They run while it is planned: they may change values,
 * refuse the write, and add writes to its batch. A refusal is a guard behind the rule's, so that
 * clients without access do not learn the hook's opinion of the record.
 */
import type { SQL } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { Field, FieldValue } from '#fields/definition/field-type.ts'
import { dictionary } from '#kernel/dictionary.ts'
import type { ApiError } from '#kernel/errors.ts'
import { type FieldUpload, resolveBody } from './resolve-body.ts'
import type { AddedWrite, WriteBuilder, WriteContext, WriteRequest } from './record-write.ts'

declare module '#catalog/plan-context.ts' {
  interface PlanHooks {
    /** The hooks before such writes; undefined if there are none. */
    before(
      collection: Collection,
      action: WriteAction,
    ): ((write: HookedWrite) => Promise<HookedOutcome>) | undefined
  }
}

export type WriteAction = 'create' | 'update' | 'delete'

/** A write as its hooks see it. */
export interface HookedWrite {
  readonly context: WriteContext
  readonly collection: Collection
  readonly action: WriteAction
  readonly id: string
  /** The position and the mark of its guards. */
  readonly request: Pick<WriteRequest, 'position' | 'mark'>
  /** The submitted values by field name, without secrets; those that depend on the stored record by their key. */
  readonly data: Readonly<Record<string, unknown>>
  readonly uploads: readonly FieldUpload[]
  /** The condition for the rule to hold. */
  readonly rule: () => SQL | 'always'
}

/** The outcome of the hooks of a write. */
export interface HookedOutcome {
  /** Body keys with other values than before. */
  readonly set: Readonly<Record<string, unknown>>
  /** Body keys that are as if they had not been sent. */
  readonly dropped: readonly string[]
  readonly refusal: ApiError | undefined
  /** The conditions that nothing of what the hooks have read has changed. */
  readonly unchanged: readonly SQL[]
  readonly writes: readonly AddedWrite[]
}

/** The submitted values of a write, and who looks at them. */
interface Submitted {
  readonly values: ReadonlyMap<Field, FieldValue>
  readonly uploads: readonly FieldUpload[]
  /** The submitted body. */
  readonly body: Readonly<Record<string, unknown>>
}

const nothing: Submitted = { values: new Map(), uploads: [], body: {} }

/** A write whose hooks have run. */
export interface Hooked {
  /** The values to write. */
  readonly values: ReadonlyMap<Field, FieldValue>
  readonly outcome: HookedOutcome
}

/** Runs the hooks before a write; undefined if there are none. */
export function runBeforeHooks(
  write: Omit<HookedWrite, 'data' | 'uploads'>,
  submitted: Submitted = nothing,
  stored: (field: Field) => SQL | undefined = () => undefined,
): Promise<Hooked> | undefined {
  const run = write.context.hooks?.before(write.collection, write.action)
  return run && runAll(run, write, submitted, stored)
}

async function runAll(
  run: (write: HookedWrite) => Promise<HookedOutcome>,
  write: Omit<HookedWrite, 'data' | 'uploads'>,
  { values, uploads, body }: Submitted,
  stored: (field: Field) => SQL | undefined,
): Promise<Hooked> {
  const { collection } = write
  const outcome = await run({ ...write, data: visibleData(collection, values, body), uploads })
  const changed = new Map(values)
  for (const key of outcome.dropped) {
    const field = collection.field(key) ?? collection.field(key.replace(/^\+|[+-]$/g, ''))
    if (field !== undefined) changed.delete(field)
  }
  // Hooks are code of the deployment, so they may set hidden fields.
  const set = { data: outcome.set, files: new Map() }
  const resolved = resolveBody(collection, set, { isSuperuser: true }, stored)
  for (const [field, value] of resolved.values) changed.set(field, value)
  return { values: changed, outcome }
}

/** Secrets of accounts are kept from hooks. */
function isSecret({ auth }: Collection, { isHashed, name }: Field): boolean {
  return isHashed || (auth !== undefined && name === 'tokenKey')
}

function modifierKeys(name: string): string[] {
  return [`+${name}`, `${name}+`, `${name}-`]
}

function visibleData(
  collection: Collection,
  values: ReadonlyMap<Field, FieldValue>,
  body: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const known = [...values].flatMap(([field, value]): [string, unknown][] =>
    'known' in value && !isSecret(collection, field) ? [[field.name, value.known]] : [],
  )
  const open = [...values].filter(([, value]) => 'sql' in value)
  const modifiers = open.flatMap(([{ name }]) =>
    modifierKeys(name).flatMap((key): [string, unknown][] =>
      Object.hasOwn(body, key) ? [[key, body[key]]] : [],
    ),
  )
  return dictionary([...modifiers, ...known])
}

/** Adds the guards of hooks to a write, behind its rule. */
export function addHookGuards(plan: WriteBuilder, hooked: Hooked | undefined): void {
  if (hooked === undefined) return
  for (const condition of hooked.outcome.unchanged) plan.requireAsRead(condition)
  if (hooked.outcome.refusal !== undefined) plan.refuse('hook', hooked.outcome.refusal)
}

/** Adds the writes of hooks, after the write itself. */
export function addHookWrites(plan: WriteBuilder, hooked: Hooked | undefined): void {
  if (hooked === undefined) return
  for (const added of hooked.outcome.writes) plan.addWrite(added)
}
