import type { EnrichOf, Viewer } from '#platform/enrich.ts'
import type { CallerAccount } from '#extension/arete.ts'
import type { HookRegistry } from '#extension/hook-registry.ts'
import { logHook } from '#extension/log-hook.ts'

/** A record that is about to be shown. */
export interface EnrichEvent {
  /** The name of the collection. */
  readonly collection: string
  /** The account that it is shown to; undefined for a guest and for a webhook. */
  readonly caller: CallerAccount | undefined
  /** As `@request.context` in rules, and `webhook` for the body of one. */
  readonly context: string
}

/** The hooks that change records as they are shown, by collection; undefined if there are none. */
export function createEnrichOf(registry: HookRegistry): EnrichOf | undefined {
  if (!registry.has('enrich')) return undefined
  return ({ id, name }) => {
    const hooks = registry.find('enrich', { id, name })
    if (hooks.length === 0) return undefined
    return (record, viewer) => {
      const event: EnrichEvent = {
        collection: name,
        caller: accountOf(viewer),
        context: viewer.context,
      }
      for (const { name: hook, run } of hooks) {
        try {
          const result: unknown = run(record, event)
          if (result instanceof Promise) {
            result.catch(() => undefined)
            throw new Error('This hook must not be async: it runs for each record.')
          }
        } catch (error) {
          // A record may be shown after its write, which must not fail by now, and the hook may have
          // been about to hide something.
          logHook(hook, error)
          leaveId(record)
          return
        }
      }
    }
  }
}

const kept: ReadonlySet<string> = new Set(['id', 'collectionId', 'collectionName'])

function leaveId(record: Record<string, unknown>): void {
  for (const key of Object.keys(record)) {
    if (!kept.has(key)) delete record[key]
  }
}

function accountOf({ auth, isSuperuser }: Viewer): CallerAccount | undefined {
  if (typeof auth?.id !== 'string') return undefined
  return { id: auth.id, collection: auth.collection.name, isSuperuser }
}
