import { useMutation, useQuery } from '@tanstack/react-query'
import type { CollectionModel } from 'pocketbase'
import { client } from './client.ts'
import { keys } from './keys.ts'
import { queryClient } from './query-client.ts'

/** A change of definitions, as the server describes it. */
export interface SchemaChange {
  readonly kind: string
  readonly collection: string
  readonly field?: string
  readonly option?: string
  readonly rule?: string
  /** The effect of a changed rule. */
  readonly access?: 'opens' | 'closes' | 'changes'
  readonly index?: string
  readonly from?: unknown
  readonly to?: unknown
}

/** A change that is planned, and its risk. */
export interface PlannedChange extends SchemaChange {
  readonly risk: 'safe' | 'slow' | 'destructive' | 'blocked'
  /** The records that are concerned. */
  readonly rows?: number
  /** The word that allows a destructive change. */
  readonly allow?: string
  /** The errors of an invalid definition, by path. */
  readonly issues?: unknown
}

/** A difference between the deployment and the definitions that were pushed last. */
export interface Drift {
  readonly collection: string
  readonly what: string
  readonly by: string
  readonly at: string
}

/** The changes to definitions, before they are made. */
export interface SchemaPlan {
  readonly revision: number
  readonly drift: readonly Drift[]
  readonly changes: readonly PlannedChange[]
}

/** The definitions to reach. */
export interface SchemaRequest {
  readonly collections: readonly object[]
  readonly source: 'dashboard' | 'restore'
  /** Deletes the collections that are not named. */
  readonly deleteMissing?: boolean
}

/** An entry of the history of definitions. */
export interface HistoryEntry {
  readonly id: number
  readonly at: string
  readonly source: string
  readonly actor: { readonly collection: string; readonly id: string } | null
  readonly changes: readonly SchemaChange[]
  /** The mark of D1 Time Travel from before. */
  readonly bookmark: string | null
}

interface HistoryPage {
  readonly items: readonly HistoryEntry[]
  readonly totalPages: number
}

interface FullEntry extends HistoryEntry {
  readonly definitions: readonly { readonly id: string; readonly before: object | null }[]
}

/** Plans a change. Nothing is changed. */
export async function planSchema(request: SchemaRequest): Promise<SchemaPlan> {
  return await client.send<SchemaPlan>('/api/schema/plan', { method: 'POST', body: request })
}

/** Applies a plan at the revision that it was made for, as a whole or not at all. */
export function useApplySchema() {
  return useMutation({
    mutationFn: (
      body: SchemaRequest & { readonly revision: number; readonly allow: readonly string[] },
    ) => client.send('/api/schema/apply', { method: 'POST', body }),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: keys.collections }),
        queryClient.invalidateQueries({ queryKey: keys.schema }),
        queryClient.invalidateQueries({ queryKey: ['records'] }),
      ]),
  })
}

/** A page of the history of definitions, the newest entry first. */
export function useSchemaHistory(page: number) {
  return useQuery({
    queryKey: [...keys.schema, 'history', page],
    queryFn: ({ signal }) =>
      client.send<HistoryPage>('/api/schema/history', {
        method: 'GET',
        query: { page, perPage: 30 },
        signal,
      }),
  })
}

/** The differences from what was pushed last. */
export function useDrift() {
  return useQuery({
    queryKey: [...keys.schema, 'drift'],
    queryFn: async () => (await planSchema({ collections: [], source: 'dashboard' })).drift,
  })
}

/** A way back to the definitions before an entry, and what it would change. */
export interface Undo {
  readonly request: SchemaRequest
  readonly plan: SchemaPlan
}

/** Plans the return to the definitions before an entry of the history. */
export function useUndoPlan(id: number) {
  return useQuery({
    queryKey: [...keys.schema, 'undo', id],
    gcTime: 0,
    queryFn: async (): Promise<Undo> => {
      const [entry, current] = await Promise.all([
        client.send<FullEntry>(`/api/schema/history/${id}`, { method: 'GET' }),
        client.collections.getFullList<CollectionModel>(),
      ])
      const changed = new Set(entry.definitions.map((one) => one.id))
      const kept = current.filter((one) => !changed.has(one.id))
      const restored = entry.definitions.flatMap(({ before }) => (before === null ? [] : [before]))
      const collections = [...kept, ...restored]
      const request = { collections, deleteMissing: true, source: 'restore' } as const
      return { request, plan: await planSchema(request) }
    },
  })
}
