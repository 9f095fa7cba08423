import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from './client.ts'
import { keys } from './keys.ts'

/** The result of a view's query: the fields that follow from it, and some records. */
export interface ViewSampleData {
  readonly fields: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

interface DryRun {
  readonly fields: ViewSampleData['fields']
  readonly sample: ViewSampleData['rows']
}

/** Runs a query without storing it. After an error the last good sample stays. */
export function useViewSample(query: string) {
  const [good, setGood] = useState<ViewSampleData>()
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: [...keys.viewSample, query],
    queryFn: async (): Promise<ViewSampleData> => {
      const { fields, sample } = await client.send<DryRun>('/api/collections/meta/dry-run-view', {
        method: 'POST',
        body: { query },
      })
      return { fields, rows: sample }
    },
    enabled: query.trim() !== '',
    retry: false,
    staleTime: 0,
    gcTime: 0,
  })
  if (data !== undefined && data !== good) setGood(data)
  return {
    sample: good,
    failure: error ?? undefined,
    isBusy: isFetching,
    retry: () => void refetch(),
  }
}
