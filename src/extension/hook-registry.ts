import type { Collection } from '#catalog/collection.ts'
import { type ChangeType, hookEndpoint, type Subscriber } from '#catalog/subscribers.ts'
import type { WriteAction } from '#records/write/write-hooks.ts'
import type {
  AfterHook,
  BeforeChangeEvent,
  BeforeHook,
  CollectionHooks,
  DurableHook,
  FurtherHooks,
  OneOrMore,
} from './hooks.ts'

/** A hook with its name in logs and lists. */
export interface NamedHook<T> {
  readonly name: string
  readonly run: T
}

/** The kinds of hooks that are not about writes. */
const furtherKinds = [
  'beforeList',
  'beforeView',
  'beforeAuth',
  'afterAuth',
  'beforeSubscribe',
  'beforeDownload',
  'onSchemaChange',
  'enrich',
] as const

type FurtherKind = (typeof furtherKinds)[number]

/** The function of a kind of hook. */
type HookOf<K extends FurtherKind> =
  NonNullable<FurtherHooks[K]> extends OneOrMore<infer T> ? T : never

/** The hooks of each kind. */
type CompiledFurther = { readonly [K in FurtherKind]: readonly NamedHook<HookOf<K>>[] }

/** The hooks that a collection has, `*` first. */
interface CompiledHooks extends Omit<CompiledFurther, 'enrich' | 'onSchemaChange'> {
  readonly before: Readonly<
    Record<WriteAction, readonly NamedHook<BeforeHook<BeforeChangeEvent>>[]>
  >
  readonly after: Readonly<Record<ChangeType, readonly NamedHook<AfterHook>[]>>
  readonly subscribers: readonly Subscriber[]
}

const kinds = [
  { action: 'create', type: 'created', before: 'beforeCreate', after: 'afterCreate' },
  { action: 'update', type: 'updated', before: 'beforeUpdate', after: 'afterUpdate' },
  { action: 'delete', type: 'deleted', before: 'beforeDelete', after: 'afterDelete' },
] as const

/** The hooks of an application, by collection. */
export class HookRegistry {
  readonly #definition: ReadonlyMap<string, CollectionHooks>
  readonly #compiled = new WeakMap<Collection, CompiledHooks>()
  /** The durable hooks by their endpoints. */
  readonly durable: ReadonlyMap<string, AfterHook>
  /** All names, for the list of an application's parts. */
  readonly names: readonly string[]

  constructor(definition: Readonly<Record<string, CollectionHooks>>) {
    this.#definition = new Map(Object.entries(definition))
    const durable = new Map<string, AfterHook>()
    const names: string[] = []
    for (const [collection, hooks] of this.#definition) {
      for (const kind of furtherKinds) {
        names.push(...listOf<unknown>(hooks[kind]).map(() => `${collection}.${kind}`))
      }
      for (const kind of kinds) {
        names.push(...listOf(hooks[kind.before]).map(() => `${collection}.${kind.before}`))
        for (const hook of listOf(hooks[kind.after])) {
          names.push(`${collection}.${kind.after}`)
          if (!isDurable(hook)) continue
          const endpoint = hookEndpoint(collection, hook.name)
          const known = durable.get(endpoint)
          if (known !== undefined && known !== hook.run) {
            throw new Error(`Two durable hooks of ${collection} have the name "${hook.name}".`)
          }
          durable.set(endpoint, hook.run)
        }
      }
    }
    this.durable = durable
    this.names = names
  }

  /** True if some collection has a hook of a kind. */
  has(kind: FurtherKind): boolean {
    return this.names.some((name) => name.endsWith(`.${kind}`))
  }

  /** The hooks of a kind for a collection; for none, those for every collection. */
  find<K extends FurtherKind>(
    kind: K,
    collection: Pick<Collection, 'id' | 'name'> | undefined,
  ): CompiledFurther[K] {
    return this.#own(collection).flatMap(({ key, hooks }) =>
      listOf<unknown>(hooks[kind]).map((run) => ({ name: `${key}.${kind}`, run })),
    ) as unknown as CompiledFurther[K]
  }

  /** The hooks of a collection. */
  of(collection: Collection): CompiledHooks {
    const known = this.#compiled.get(collection)
    if (known !== undefined) return known
    const made = this.#compile(collection)
    this.#compiled.set(collection, made)
    return made
  }

  /** The definitions for a collection, `*` first. */
  #own(collection: Pick<Collection, 'id' | 'name'> | undefined) {
    const keys = collection === undefined ? [] : [collection.name, collection.id]
    return [...new Set(['*', ...keys])].flatMap((key) => {
      const hooks = this.#definition.get(key)
      return hooks === undefined ? [] : [{ key, hooks }]
    })
  }

  #compile(collection: Collection): CompiledHooks {
    const { id } = collection
    const own = this.#own(collection)
    const subscribers = new Map<string, Subscriber & { readonly events: ChangeType[] }>()
    const afterOf = ({ type, after }: (typeof kinds)[number]): NamedHook<AfterHook>[] =>
      own.flatMap(({ key, hooks }) =>
        listOf(hooks[after]).flatMap((hook) => {
          if (!isDurable(hook)) return [{ name: `${key}.${after}`, run: hook }]
          const endpoint = hookEndpoint(key, hook.name)
          const known = subscribers.get(endpoint)
          if (known !== undefined) known.events.push(type)
          else {
            const events: ChangeType[] = [type]
            const subscriber = { id: endpoint, collectionId: id, events, filter: '' }
            subscribers.set(endpoint, { ...subscriber, isOrdered: false })
          }
          return []
        }),
      )
    const beforeOf = ({
      before,
    }: (typeof kinds)[number]): NamedHook<BeforeHook<BeforeChangeEvent>>[] =>
      own.flatMap(({ key, hooks }) =>
        listOf<BeforeHook<BeforeChangeEvent>>(hooks[before]).map((run) => ({
          name: `${key}.${before}`,
          run,
        })),
      )
    const [create, update, remove] = kinds
    return {
      before: { create: beforeOf(create), update: beforeOf(update), delete: beforeOf(remove) },
      after: { created: afterOf(create), updated: afterOf(update), deleted: afterOf(remove) },
      subscribers: [...subscribers.values()],
      beforeList: this.find('beforeList', collection),
      beforeView: this.find('beforeView', collection),
      beforeAuth: this.find('beforeAuth', collection),
      afterAuth: this.find('afterAuth', collection),
      beforeSubscribe: this.find('beforeSubscribe', collection),
      beforeDownload: this.find('beforeDownload', collection),
    }
  }
}

function isDurable(hook: AfterHook | DurableHook): hook is DurableHook {
  return typeof hook !== 'function'
}

function listOf<T>(hooks: T | readonly T[] | undefined): readonly T[] {
  if (hooks === undefined) return []
  return Array.isArray(hooks) ? (hooks as readonly T[]) : [hooks as T]
}
