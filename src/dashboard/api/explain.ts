import { useMutation } from '@tanstack/react-query'
import { ClientResponseError } from 'pocketbase'
import { client } from './client.ts'

/** A request to explain, as the server takes it. */
export interface ExplainInput {
  readonly collection: string
  readonly action: string
  readonly auth: { readonly collection: string; readonly id: string } | null
  readonly record: string
  readonly body: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly filter: string
  readonly sort: string
  readonly expand: string
  readonly rule: string | null
  readonly topic: string
  readonly counts: boolean
}

/** A comparison of an explained rule. */
export interface ComparisonClause {
  readonly kind: 'comparison'
  readonly text: string
  /** The sign between the sides, as `?=`. */
  readonly sign: string
  readonly holds: boolean | null
  readonly left: unknown
  readonly right: unknown
  readonly leftValues?: readonly unknown[]
  readonly rightValues?: readonly unknown[]
  readonly failing?: unknown
  readonly hint?: string
}

/** Clauses: all of them must hold, or at least one. */
export interface GroupClause {
  readonly kind: 'and' | 'or'
  readonly holds: boolean | null
  readonly nodes: readonly Clause[]
  readonly hint?: string
}

/** A node of an explained rule. */
export type Clause = ComparisonClause | GroupClause

/** The server's explanation of a request. */
export interface Explanation {
  readonly allowed: boolean
  readonly status: number | null
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
  readonly refusedBy: 'locked' | 'broken' | 'rule' | 'record' | 'filter' | 'request' | null
  readonly bypass: boolean
  readonly ruleName: string
  readonly rule: string | null
  readonly kind: 'locked' | 'open' | 'broken' | 'filter'
  readonly draft: boolean
  readonly tree: Clause | null
  readonly rows: {
    readonly joined: number
    readonly held: number
    readonly sample: readonly Readonly<Record<string, unknown>>[]
  } | null
  readonly also: readonly string[]
  readonly counts?: { readonly visible: number; readonly total: number }
}

/** Explains a request. Nothing is stored. */
export function useExplain() {
  return useMutation({ mutationFn: explain })
}

/** Explains a request. Nothing is stored. */
export function explain(input: ExplainInput): Promise<Explanation> {
  return client.send<Explanation>('/api/rules/explain', { method: 'POST', body: input })
}

/** The place of the error in a faulty draft rule; undefined for any other error. */
export function draftFaultOf(
  error: unknown,
): { readonly message: string; readonly position: number } | undefined {
  if (!(error instanceof ClientResponseError)) return undefined
  const data = error.response['data'] as Record<string, unknown> | undefined
  const rule = data?.['rule'] as
    | { readonly message: string; readonly params?: { readonly position?: number } }
    | undefined
  const position = rule?.params?.position
  return rule === undefined || position === undefined
    ? undefined
    : { message: rule.message, position }
}
