import { QueryClient } from '@tanstack/react-query'
import { readFailure } from './failure.ts'

/** The query cache of data from the server. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      // An error response is final. A request that did not arrive is retried.
      retry: (count, error) => {
        const { status } = readFailure(error)
        return count < 2 && (status === 0 || status === 503)
      },
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})
