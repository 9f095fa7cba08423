import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { LogModel } from 'pocketbase'
import { client } from '#dashboard/api/client.ts'
import { keys } from '#dashboard/api/keys.ts'

/** The number of entries on a page. */
const pageSize = 50

interface LogListQuery {
  readonly filter: string
  readonly sort: string
  /** The interval between reads; undefined reads once. */
  readonly everyMilliseconds: number | undefined
}

/** The entries that match, a page at a time. */
export function useLogs({ filter, sort, everyMilliseconds }: LogListQuery) {
  return useInfiniteQuery({
    queryKey: [...keys.logs, 'list', filter, sort],
    queryFn: ({ pageParam }) =>
      client.logs.getList(pageParam, pageSize, { filter, sort, skipTotal: true }),
    initialPageParam: 1,
    getNextPageParam: ({ items, page }) => (items.length < pageSize ? undefined : page + 1),
    refetchInterval: everyMilliseconds ?? false,
    placeholderData: (previous) => previous,
  })
}

/** One entry. */
export function useLog(id: string) {
  return useQuery<LogModel>({
    queryKey: [...keys.logs, 'one', id],
    queryFn: () => client.logs.getOne(id),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** The requests of a step by how they ended, and how long all but the slowest 5 % took. */
export interface LogStep {
  readonly at: Date
  readonly ok: number
  readonly refused: number
  readonly failed: number
  /** Milliseconds. */
  readonly p95: number
}

/** The requests to a route. */
export interface LogRoute {
  readonly method: string
  readonly route: string
  readonly count: number
  readonly failed: number
  readonly p95: number
  /** Absent where the database does not count them. */
  readonly rowsRead?: number
}

interface LogSummary {
  readonly steps: readonly LogStep[]
  readonly routes: readonly LogRoute[]
}

interface LogSummaryQuery {
  readonly filter: string
  readonly from: string
  readonly to: string
  readonly step: 'hour' | 'day'
}

/** The requests of a range by step and by route; steps without any are left out. */
export function useLogSummary(query: LogSummaryQuery, everyMilliseconds: number | undefined) {
  return useQuery({
    queryKey: [...keys.logs, 'summary', query],
    queryFn: async (): Promise<LogSummary> => {
      const { steps, routes } = await client.send<{
        readonly steps: readonly (Omit<LogStep, 'at'> & { readonly at: string })[]
        readonly routes: readonly LogRoute[]
      }>('/api/logs/summary', { method: 'GET', query: { ...query } })
      return {
        steps: steps.map((step) => ({ ...step, at: new Date(step.at.replace(' ', 'T')) })),
        routes,
      }
    },
    refetchInterval: everyMilliseconds ?? false,
    placeholderData: (previous) => previous,
  })
}
