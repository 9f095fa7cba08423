import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { LogModel } from 'pocketbase'
import { client } from './client.ts'
import { keys } from './keys.ts'

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

/** The requests of an hour by how they ended. */
export interface LogHour {
  readonly at: Date
  readonly ok: number
  readonly refused: number
  readonly failed: number
}

/** The results of each hour's requests; hours without any are left out. */
export function useLogHours(
  filterFor: (condition: string) => string,
  everyMilliseconds: number | undefined,
) {
  return useQuery({
    queryKey: [...keys.logs, 'hours', filterFor('')],
    queryFn: async () => {
      const [all, refused, failed] = await Promise.all([
        readHours(filterFor('')),
        readHours(filterFor('data.status >= 400 && data.status < 500')),
        readHours(filterFor('data.status >= 500')),
      ])
      return [...all].map(([date, total]): LogHour => {
        const [no, broken] = [refused.get(date) ?? 0, failed.get(date) ?? 0]
        const at = new Date(date.replace(' ', 'T'))
        return { at, ok: Math.max(0, total - no - broken), refused: no, failed: broken }
      })
    },
    refetchInterval: everyMilliseconds ?? false,
    placeholderData: (previous) => previous,
  })
}

async function readHours(filter: string): Promise<ReadonlyMap<string, number>> {
  const hours = await client.logs.getStats({ filter })
  return new Map(hours.map(({ date, total }) => [date, total]))
}
