import type { Catalog } from '#catalog/catalog.ts'
import type { Collection } from '#catalog/collection.ts'
import type { CommittedChange, PlanHooks } from '#catalog/plan-context.ts'
import type { ChangeType, Subscriber } from '#catalog/subscribers.ts'
import { constant } from '#database/query.ts'
import { lazy } from '#kernel/lazy.ts'
import { ApiError } from '#kernel/errors.ts'
import type { HookedOutcome, HookedWrite, WriteAction } from '#records/write/write-hooks.ts'
import type { DeploymentServices, MakeHooks } from '#request-services.ts'
import type { AreteCore } from './arete.ts'
import { type CoreParts, createCore } from './core.ts'
import { hookErrors } from './errors.ts'
import type { HookRegistry } from './hook-registry.ts'
import { logHook } from './log-hook.ts'
import { runBeforeDownload } from './downloading/download-hooks.ts'
import { runReadHooks } from './reading/run-read-hooks.ts'
import { runSchemaHooks } from './schema-changes/schema-changes.ts'
import { runAfterAuth, runBeforeAuth } from './signing-in/run-sign-in-hooks.ts'
import { runBeforeSubscribe } from './subscribing/subscribe-hooks.ts'
import { runAfterHooks } from './run-after-hooks.ts'
import { runBeforeHooks } from './run-before-hooks.ts'

/** Hooks that cause writes whose hooks cause writes, and so on, end here. */
const maxDepth = 5

/** Options of running hooks. */
export interface HookOptions {
  readonly isStrict: boolean
  readonly parts: CoreParts
  /** Calls some durable hooks and tasks that are due. */
  deliver(services: DeploymentServices): Promise<void>
}

/** Makes the hooks of requests and jobs. */
export function createHooks(registry: HookRegistry, options: HookOptions): MakeHooks {
  return (services, depth) => new RequestHooks(registry, options, services, depth)
}

class RequestHooks implements PlanHooks {
  readonly depth: number
  readonly #registry: HookRegistry
  readonly #options: HookOptions
  readonly #services: () => DeploymentServices
  readonly #deeper: () => PlanHooks
  #changes: CommittedChange[] = []
  #isAwake = false

  constructor(
    registry: HookRegistry,
    options: HookOptions,
    services: () => DeploymentServices,
    depth: number,
  ) {
    this.#registry = registry
    this.#options = options
    this.#services = services
    this.depth = depth
    this.#deeper = lazy(
      () => new RequestHooks(registry, options, () => services().deeper(), depth + 1),
    )
  }

  before(
    collection: Collection,
    action: WriteAction,
  ): ((write: HookedWrite) => Promise<HookedOutcome>) | undefined {
    if (this.depth >= maxDepth) return refuseDepth
    const hooks = this.#registry.of(collection).before[action]
    if (hooks.length === 0) return undefined
    const ports = {
      services: this.#services,
      deeperHooks: this.#deeper,
      isStrict: this.#options.isStrict,
      tasks: this.#options.parts.tasks,
    }
    return (write) => runBeforeHooks(hooks, ports, write)
  }

  beforeRead(collection: Collection, action: 'list' | 'view'): ReturnType<PlanHooks['beforeRead']> {
    const { beforeList, beforeView } = this.#registry.of(collection)
    const hooks = action === 'list' ? beforeList : beforeView
    if (hooks.length === 0) return undefined
    return (read) => runReadHooks(hooks, this.#services, read)
  }

  beforeAuth(collection: Collection): ReturnType<PlanHooks['beforeAuth']> {
    const { beforeAuth } = this.#registry.of(collection)
    if (beforeAuth.length === 0) return undefined
    return (attempt) => runBeforeAuth(beforeAuth, this.#services, attempt)
  }

  afterAuth(collection: Collection): ReturnType<PlanHooks['afterAuth']> {
    const { afterAuth } = this.#registry.of(collection)
    if (afterAuth.length === 0) return undefined
    return (signedIn) => runAfterAuth(afterAuth, this.#core(), signedIn)
  }

  beforeSubscribe(collection: Collection | undefined): ReturnType<PlanHooks['beforeSubscribe']> {
    const hooks =
      collection === undefined
        ? this.#registry.find('beforeSubscribe', undefined)
        : this.#registry.of(collection).beforeSubscribe
    if (hooks.length === 0) return undefined
    return (asked) => runBeforeSubscribe(hooks, this.#services, asked)
  }

  beforeDownload(collection: Collection): ReturnType<PlanHooks['beforeDownload']> {
    const { beforeDownload } = this.#registry.of(collection)
    if (beforeDownload.length === 0) return undefined
    return (download) => runBeforeDownload(beforeDownload, this.#services, download)
  }

  schemaChanged(before: Catalog): void {
    if (!this.#registry.has('onSchemaChange')) return
    this.#services().background.run(this.#runSchemaHooks(before))
  }

  /** Arete for a hook. Its writes are deeper. */
  #core(): AreteCore {
    return createCore(this.#options.parts, () => this.#services().deeper())
  }

  async #runSchemaHooks(before: Catalog): Promise<void> {
    await answerFirst()
    const now = await this.#services().transactor.read(({ catalog }) => constant(catalog))
    await runSchemaHooks(this.#registry, this.#core(), before, now)
  }

  subscribers(collection: Collection): readonly Subscriber[] {
    return this.#registry.of(collection).subscribers
  }

  follows(collection: Collection, type: ChangeType): boolean {
    return this.#registry.of(collection).after[type].length > 0
  }

  changed(change: CommittedChange): void {
    this.#changes.push(change)
    if (this.#changes.length === 1) this.#services().background.run(this.#runAfterHooks())
  }

  wake(): void {
    if (this.#isAwake) return
    this.#isAwake = true
    this.#services().background.run(this.#deliver())
  }

  async #runAfterHooks(): Promise<void> {
    await answerFirst()
    const arete = this.#core()
    const changes = this.#changes
    this.#changes = []
    for (const change of changes) {
      const hooks = this.#registry.of(change.collection).after[change.type]
      await runAfterHooks(hooks, arete, change)
    }
  }

  async #deliver(): Promise<void> {
    await answerFirst()
    this.#isAwake = false
    await this.#options.deliver(this.#services())
  }
}

/** Lets the answer of the request go first. */
async function answerFirst(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0))
}

function refuseDepth({ collection, action }: HookedWrite): Promise<HookedOutcome> {
  const error = new Error(`Hooks write records whose hooks write records, ${maxDepth} times over.`)
  logHook(`${collection.name}.${action}`, error)
  const refusal = new ApiError(hookErrors.tooDeep, { cause: error })
  return Promise.resolve({ set: {}, dropped: [], refusal, unchanged: [], writes: [] })
}
