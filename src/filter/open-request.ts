import type { PlanInput } from '#database/plan-input.ts'
import { fixed } from '#database/value.ts'
import type { FilterCollection, RequestInfo } from './schema.ts'

/** The values of a request that every plan with rules depends on. */
export interface RequestInput {
  readonly request: RequestInfo
  readonly now: Date
}

/**
 * A request while a plan is compiled for all requests like it. `open` has the values that can be
 * bound, and the plan depends on the rest as far as it is read. Reading the values themselves is
 * allowed, but then the plan serves this request only.
 */
export function openRequest<V extends RequestInput>(
  input: PlanInput<V>,
  context?: string,
): RequestInfo {
  const revealed = (): RequestInfo => input.reveal().request
  return {
    get context() {
      return context ?? input.ask(contextOf)
    },
    get method() {
      return input.ask(methodOf)
    },
    get query() {
      return revealed().query
    },
    get headers() {
      return revealed().headers
    },
    get body() {
      return revealed().body
    },
    get auth() {
      const collection = input.ask(authCollection)
      if (collection === undefined) return undefined
      return {
        collection,
        get id() {
          return revealed().auth?.id ?? ''
        },
      }
    },
    get session() {
      return revealed().session
    },
    get isSuperuser() {
      return input.ask(isSuperuser)
    },
    open: {
      context: context === undefined ? input.open(contextOf) : fixed(context),
      method: input.open(methodOf),
      query: input.open(({ request }) => request.query),
      headers: input.open(({ request }) => request.headers),
      body: input.open(({ request }) => request.body),
      authId: input.open(authId),
      session: input.open(({ request }) => request.session),
      now: input.open(({ now }) => now),
      inContext: (other) => openRequest(input, other),
    },
  }
}

/** The same request in another context, such as the one of expanded records. */
export function inContext(request: RequestInfo, context: string): RequestInfo {
  return request.open?.inContext(context) ?? { ...request, context }
}

// Each is one function, so that an input asks it once.
const contextOf = ({ request }: RequestInput): string => request.context
const methodOf = ({ request }: RequestInput): string => request.method
const isSuperuser = ({ request }: RequestInput): boolean => request.isSuperuser
const authCollection = ({ request }: RequestInput): FilterCollection | undefined =>
  request.auth?.collection

function authId({ request }: RequestInput): string {
  const id = request.auth?.id ?? ''
  if (typeof id !== 'string') throw new Error('A compiled plan has one caller.')
  return id
}
