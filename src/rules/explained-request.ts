import type { RuleName } from '#filter/syntax/rule-names.ts'
import type { Collection } from '#catalog/collection.ts'
import type { Rule } from '#catalog/compile/rules.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { Passwords } from '#platform/passwords.ts'
import type { SubmittedBody } from '#records/write/resolve-body.ts'

/** The actions that a rule decides on. */
export const actions = [
  'list',
  'view',
  'create',
  'update',
  'delete',
  'auth',
  'manage',
  'realtime',
] as const

/** An action that a rule decides on. */
export type Action = (typeof actions)[number]

/** A request to explain, as its caller would send it. */
export interface ExplainedRequest {
  /** The caller of the explained request, in the catalog with the draft rule. */
  readonly context: ExplainedContext
  readonly collection: Collection
  readonly action: Action
  readonly ruleName: RuleName
  readonly rule: Rule
  /** The text of the rule; null for superusers only. */
  readonly ruleText: string | null
  /** Empty if the request names no record. */
  readonly recordId: string
  readonly info: RequestInfo
  readonly body: SubmittedBody
  /** The topic of a subscription: all records, or the one. */
  readonly topic: '*' | 'record'
}

/** The context of the explained request's plan. */
export interface ExplainedContext extends PlanContext {
  readonly passwords: Passwords
}

/** The rule that decides on an action. */
export function ruleOf(
  action: Action,
  topic: ExplainedRequest['topic'],
): { readonly name: RuleName; readonly key: keyof Collection['rules'] } {
  const key = action === 'realtime' ? (topic === '*' ? 'list' : 'view') : action
  return { name: `${key}Rule`, key }
}

/** A definition with another rule. */
export function withRule(
  definition: CollectionDefinition,
  name: RuleName,
  rule: string,
): CollectionDefinition {
  if (name !== 'authRule' && name !== 'manageRule') return { ...definition, [name]: rule }
  if (definition.type !== 'auth') return definition
  return { ...definition, options: { ...definition.options, [name]: rule } }
}

/** The text of a rule; null for superusers only. */
export function ruleTextOf({ definition }: Collection, name: RuleName): string | null {
  if (name !== 'authRule' && name !== 'manageRule') return definition[name]
  return definition.type === 'auth' ? definition.options[name] : null
}

/** The caller as the rules see it, in a request of the action. */
export function methodOf(action: Action): string {
  if (action === 'create' || action === 'auth') return 'POST'
  if (action === 'update' || action === 'manage') return 'PATCH'
  return action === 'delete' ? 'DELETE' : 'GET'
}

/** `@request.context` of the action. */
export function contextOf(action: Action): string {
  if (action === 'auth') return 'password'
  return action === 'realtime' ? 'realtime' : 'default'
}
