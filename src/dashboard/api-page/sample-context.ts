import type { Definition } from '#dashboard/schema/definition.ts'
import type { Operation } from './operations.ts'

/** Everything that a sample is made from. */
export interface SampleContext {
  readonly operation: Operation
  readonly collection: Definition
  readonly origin: string
  readonly body: Readonly<Record<string, unknown>>
  /** The collection to sign in to first; undefined if the operation is open. */
  readonly caller: string | undefined
}

/** The sort of a list: the newest first, where the records know their age. */
export function sortOf({ fields }: Definition): string | undefined {
  const created = fields.find(({ type, name }) => type === 'autodate' && name === 'created')
  return created === undefined ? undefined : `-${created.name}`
}

/** The collection whose accounts the rule lets through. */
export function callerOf(rule: Operation['rule'], accounts: readonly string[]): string | undefined {
  if (rule === null) return '_superusers'
  return rule?.includes('@request.auth') === true ? (accounts[0] ?? '_superusers') : undefined
}
