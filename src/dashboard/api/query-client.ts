import { QueryClient } from '@tanstack/react-query'
import { readFailure } from './failure.ts'

/** What was read from the server, until it is read again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      // A refusal stays one; what did not arrive may the next time.
      retry: (count, error) => {
        const { status } = readFailure(error)
        return count < 2 && (status === 0 || status === 503)
      },
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})
