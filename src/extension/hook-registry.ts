import type { Collection } from '#catalog/collection.ts'
import { type ChangeType, hookEndpoint, type Subscriber } from '#catalog/subscribers.ts'
import type { WriteAction } from '#records/write/write-hooks.ts'
import type {
  AfterHook,
  BeforeChangeEvent,
  BeforeHook,
  CollectionHooks,
  DurableHook,
} from './hooks.ts'

/** A hook with its name in logs and lists. */
export interface NamedHook<T> {
  readonly name: string
  readonly run: T
}

/** The hooks that a collection has, `*` first. */
interface CompiledHooks {
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

  /** The hooks of a collection. */
  of(collection: Collection): CompiledHooks {
    const known = this.#compiled.get(collection)
    if (known !== undefined) return known
    const made = this.#compile(collection)
    this.#compiled.set(collection, made)
    return made
  }

  #compile({ id, name }: Collection): CompiledHooks {
    const keys = [...new Set(['*', name, id])]
    const own = keys.flatMap((key) => {
      const hooks = this.#definition.get(key)
      return hooks === undefined ? [] : [{ key, hooks }]
    })
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
