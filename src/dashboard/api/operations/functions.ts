import { useMutation, useQuery } from '@tanstack/react-query'
import type { ListResult } from 'pocketbase'
import { client } from '#dashboard/api/client.ts'
import { keys } from '#dashboard/api/keys.ts'
import { queryClient } from '#dashboard/api/query-client.ts'

/** A task or a durable hook of the application, with its calls by state. */
export interface AppFunction {
  /** `task:<name>` or `hook:<collection>:<name>`. */
  readonly id: string
  readonly kind: 'hook' | 'task'
  /** Empty for a task; `*` for a hook of every collection. */
  readonly collection: string
  readonly name: string
  /** False for one that the application has no more. */
  readonly known: boolean
  readonly running: number
  readonly waiting: number
  readonly done: number
  readonly dead: number
  readonly next: string
  readonly lastSuccess: string
}

/** The states of calls. */
export const callStates = ['waiting', 'done', 'dead'] as const

/** A call of a function. */
export interface FunctionCall {
  readonly id: string
  /** The id of the function. */
  readonly webhook: string
  readonly type: string
  readonly record: string
  readonly key: string
  readonly state: (typeof callStates)[number]
  readonly running: boolean
  readonly attempts: number
  readonly next: string
  readonly error: string
  readonly tookMs: number
  readonly attempted: string
  readonly created: string
}

/** Narrows a list of calls; empty values do not. */
export interface CallFilter {
  readonly function: string
  readonly state: string
}

const watchMilliseconds = 2000

/** All tasks and durable hooks. */
export function useFunctions() {
  return useQuery({
    queryKey: [...keys.functions, 'list'],
    queryFn: async () =>
      (await client.send<{ items: AppFunction[] }>('/api/functions', { method: 'GET' })).items,
    refetchInterval: ({ state }) =>
      state.data?.some(({ running }) => running > 0) === true ? watchMilliseconds : false,
  })
}

/** A page of calls, the newest first. It is read again while one is under way. */
export function useCalls(filter: CallFilter, page: number) {
  const { function: id, state } = filter
  const path = id === '' ? '/api/functions/deliveries' : `${pathOf(id)}/deliveries`
  return useQuery({
    queryKey: [...keys.functions, 'calls', filter, page],
    queryFn: () =>
      client.send<ListResult<FunctionCall>>(path, {
        method: 'GET',
        query: { state, page, perPage: 30 },
      }),
    placeholderData: (previous) => previous,
    refetchInterval: (query) =>
      query.state.data?.items.some(isNear) === true ? watchMilliseconds : false,
  })
}

/** One call with its payload. */
export function useCall(id: string) {
  return useQuery({
    queryKey: [...keys.functions, 'call', id],
    queryFn: () =>
      client.send<FunctionCall & { readonly body: string }>(
        `/api/webhooks/deliveries/${encodeURIComponent(id)}`,
        { method: 'GET' },
      ),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isNear(state.data) ? watchMilliseconds : false,
  })
}

/** Runs a call again, under its id. */
export function useRunCall() {
  return useMutation({
    mutationFn: (id: string) =>
      client.send<unknown>(`/api/webhooks/deliveries/${encodeURIComponent(id)}/replay`, {
        method: 'POST',
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.functions }),
  })
}

/** True while a call runs, or is about to. */
function isNear({ running, next }: FunctionCall): boolean {
  return running || (next !== '' && Date.parse(next.replace(' ', 'T')) < Date.now() + 15_000)
}

function pathOf(id: string): string {
  return `/api/webhooks/${encodeURIComponent(id)}`
}
