/*
 * A typed client: the official SDK, with queries as data and writes that are sent again if they get
 * no answer. Everything of the SDK is there unchanged.
 */
import PocketBase, {
  type BaseAuthStore,
  type ListResult,
  type RecordOptions,
  type RecordService,
  type SendOptions,
} from 'pocketbase'
import { isKeyed, sendOnce } from './retry.ts'
import type { AnySchema, ExpandPaths, RecordNames, Selected, SortKey, Where } from './schema.ts'
import { filterOf, type UncheckedWhere } from './where.ts'

/** The members that shape a record of a response. */
interface Shape<
  R,
  E,
  C,
  Fields extends PropertyKey,
  P extends readonly string[],
> extends SendOptions {
  /** The relations to add, as paths: `['author', 'comments_via_post.author']`. */
  readonly expand?: readonly [...P] & ExpandPaths<E, P>
  /** The members of each record; by default all. */
  readonly select?: readonly (Fields & keyof (R & RecordNames<C>))[]
}

/** The records of a query. */
interface Query<R, E, W> {
  /** Conditions by field; all must hold. */
  readonly where?: W & Where<R, E, W>
}

interface Sorted<R> {
  readonly sort?: readonly SortKey<R>[]
  /** Leaves out the totals, which is faster. */
  readonly skipTotal?: boolean
}

/** The service of a collection, with typed records, bodies and queries. */
export interface Collection<R, E, Create, Update, C> extends Omit<
  RecordService,
  'getList' | 'getFullList' | 'getFirstListItem' | 'getOne' | 'create' | 'update'
> {
  getList<const W, const P extends readonly string[] = [], F extends PropertyKey = never>(
    page?: number,
    perPage?: number,
    options?: Query<R, E, W> & Sorted<R> & Shape<R, E, C, F, P>,
  ): Promise<ListResult<Selected<R, E, C, F, P[number]>>>
  getFullList<const W, const P extends readonly string[] = [], F extends PropertyKey = never>(
    options?: Query<R, E, W> & Sorted<R> & Shape<R, E, C, F, P>,
  ): Promise<Selected<R, E, C, F, P[number]>[]>
  /** Yields every record, in the order of ids, a page at a time. None is left out or repeated. */
  iterate<const W, const P extends readonly string[] = [], F extends PropertyKey = never>(
    options?: Query<R, E, W> & Shape<R, E, C, F, P> & { readonly perPage?: number },
  ): AsyncGenerator<Selected<R, E, C, F, P[number]>>
  /** Returns the first record that meets the conditions. */
  getFirst<const W, const P extends readonly string[] = [], F extends PropertyKey = never>(
    where: W & Where<R, E, W>,
    options?: Pick<Sorted<R>, 'sort'> & Shape<R, E, C, F, P>,
  ): Promise<Selected<R, E, C, F, P[number]>>
  getOne<const P extends readonly string[] = [], F extends PropertyKey = never>(
    id: string,
    options?: Shape<R, E, C, F, P>,
  ): Promise<Selected<R, E, C, F, P[number]>>
  create<const P extends readonly string[] = [], F extends PropertyKey = never>(
    body: Create | FormData,
    options?: Shape<R, E, C, F, P>,
  ): Promise<Selected<R, E, C, F, P[number]>>
  update<const P extends readonly string[] = [], F extends PropertyKey = never>(
    id: string,
    body: Update | FormData,
    options?: Shape<R, E, C, F, P>,
  ): Promise<Selected<R, E, C, F, P[number]>>
}

/** The client: an instance of the SDK whose collections are typed. */
export type Client<S extends AnySchema> = Omit<PocketBase, 'collection'> & {
  collection<C extends keyof S & string>(
    name: C,
  ): Collection<S[C]['record'], S[C]['expand'], S[C]['create'], S[C]['update'], C>
}

/** Settings of a client. */
export interface ClientOptions {
  readonly authStore?: BaseAuthStore
  readonly lang?: string
}

/** Creates a client for a deployment with the types of its collections. */
export function createClient<S extends AnySchema>(
  url: string,
  { authStore, lang }: ClientOptions = {},
): Client<S> {
  return new TypedClient(url, authStore, lang) as unknown as Client<S>
}

type AnyOptions = RecordOptions & {
  readonly filter?: string
  readonly where?: UncheckedWhere
  readonly expand?: string | readonly string[]
  readonly select?: readonly string[]
  readonly sort?: string | readonly string[]
}

class TypedClient extends PocketBase {
  readonly #services = new Map<string, RecordService>()

  override collection<M = object>(name: string): RecordService<M> {
    const known = this.#services.get(name)
    if (known !== undefined) return known
    const service = super.collection(name)
    const made = Object.assign(service, {
      getFirst: (where: UncheckedWhere, options: AnyOptions = {}) =>
        firstOf(service, where, options),
      iterate: (options: AnyOptions & { perPage?: number } = {}) => iterate(service, options),
    })
    this.#services.set(name, made)
    return made
  }

  override async send<T = unknown>(path: string, options: SendOptions): Promise<T> {
    const written = sdkOptions(options)
    if (!isKeyed(path, written)) return await super.send<T>(path, written)
    return await sendOnce(written, (each) => super.send<T>(path, each))
  }
}

/** Writes the options as the SDK knows them. */
function sdkOptions(options: AnyOptions): SendOptions {
  const { where, select, expand, sort, filter, query, ...rest } = options
  const given: Record<string, unknown> = { ...query, ...(filter ? { filter } : {}) }
  const condition = where === undefined ? '' : filterOf(where)
  if (condition !== '') {
    const own = given['filter']
    given['filter'] = own ? `(${String(own)})&&${condition}` : condition
  }
  if (expand !== undefined) given['expand'] = textOf(expand)
  if (sort !== undefined) given['sort'] = textOf(sort)
  if (select !== undefined) {
    given['fields'] = [...select, ...(given['expand'] ? ['expand'] : [])].join(',')
  }
  return { ...rest, query: given }
}

function textOf(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(',')
}

/** The filter makes the key by which the SDK tells this request from others. */
async function firstOf(
  service: RecordService,
  where: UncheckedWhere,
  options: AnyOptions,
): Promise<unknown> {
  return await service.getFirstListItem(filterOf(where), options as RecordOptions)
}

const defaultPage = 200

/** Pages by id, since the numbers of pages shift when records are added or deleted. */
async function* iterate(
  service: RecordService,
  { where, select, perPage = defaultPage, ...options }: AnyOptions & { perPage?: number },
): AsyncGenerator {
  const fields = select && [...new Set([...select, 'id'])]
  for (let last = ''; ;) {
    const after = { and: [where ?? {}, ...(last === '' ? [] : [{ id: { gt: last } }])] }
    const page = await service.getList(1, perPage, {
      ...options,
      // Another list of the collection must not cancel this one.
      requestKey: null,
      ...({ where: after, sort: 'id', skipTotal: true, select: fields } as object),
    } as RecordOptions)
    for (const record of page.items) yield record
    if (page.items.length < perPage) return
    last = page.items.at(-1)?.id ?? ''
  }
}
