import type { HookedAnswer, HookedSignIn, SignInVerdict } from '#auth/sign-in/sign-in-hooks.ts'
import { dictionary } from '#kernel/dictionary.ts'
import type { DeploymentServices } from '#request-services.ts'
import { deploymentActor } from '#extension/actor.ts'
import type { AreteCore } from '#extension/arete.ts'
import { boundCondition } from '#extension/filter-text.ts'
import type { NamedHook } from '#extension/hook-registry.ts'
import { recordsOf, type AreteRecord } from '#extension/records.ts'
import { runInOrder } from '#extension/run-in-order.ts'
import type { AfterAuthEvent, BeforeAuthEvent } from './sign-in-events.ts'

/** Tokens that let their holder act at the provider. */
const secrets: ReadonlySet<string> = new Set(['accessToken', 'refreshToken'])

/** Runs the hooks before a sign-in. Database: none, except for what hooks ask for. */
export async function runBeforeAuth(
  hooks: readonly NamedHook<(e: BeforeAuthEvent) => void | Promise<void>>[],
  services: () => DeploymentServices,
  { context, collection, recordId, method, isSecond, clientIp, meta = {} }: HookedSignIn,
): Promise<SignInVerdict> {
  const required: string[] = []
  const refusal = await runInOrder(hooks, {
    collection: collection.name,
    id: recordId,
    method,
    isSecondFactor: isSecond,
    ip: clientIp(),
    meta: dictionary(Object.entries(meta).filter(([key]) => !secrets.has(key))),
    now: context.now,
    require: (filter, params) => void required.push(boundCondition({ filter, params })),
    read: (name) => recordsOf(deploymentActor(services()), name),
  })
  return { refusal, required }
}

/**
 * Runs the hooks after a sign-in, and returns the `meta` of its answer. A failure is logged, and its
 * hook adds nothing: the account has signed in.
 */
export async function runAfterAuth(
  hooks: readonly NamedHook<(e: AfterAuthEvent, arete: AreteCore) => void | Promise<void>>[],
  arete: AreteCore,
  { collection, recordId, method, isSecond, record, meta }: HookedAnswer,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  let added = dictionary(Object.entries(meta ?? {}))
  for (const { name, run } of hooks) {
    const event: AfterAuthEvent = {
      collection: collection.name,
      id: recordId,
      method,
      isSecondFactor: isSecond,
      record: record as AreteRecord,
      meta: dictionary(Object.entries(added)),
    }
    const failure = await runInOrder([{ name, run: (e: AfterAuthEvent) => run(e, arete) }], event)
    if (failure === undefined) added = event.meta
  }
  return Object.keys(added).length === 0 ? meta : added
}
