import { isSuperusers } from '#catalog/system-collections.ts'
import type { DownloadVerdict, HookedDownload } from '#files/download-hooks.ts'
import type { DeploymentServices } from '#request-services.ts'
import { deploymentActor } from '#extension/actor.ts'
import type { CallerAccount } from '#extension/arete.ts'
import type { NamedHook } from '#extension/hook-registry.ts'
import { type Records, recordsOf } from '#extension/records.ts'
import { callerAccount } from '#extension/request-caller.ts'
import { runInOrder } from '#extension/run-in-order.ts'

/** A file that is about to be sent. The rule of a protected one holds. */
export interface BeforeDownloadEvent {
  /** The name of the collection. */
  readonly collection: string
  /** The id of the record. */
  readonly id: string
  /** The name of the field. */
  readonly field: string
  /** The name of the file. */
  readonly name: string
  /** The parameters of the request, such as `thumb` and `download`, without its token. */
  readonly query: Readonly<Record<string, string>>
  /**
   * The account of the file token, if the rule of the file needed one, or of the header
   * `Authorization`; undefined for a guest.
   */
  readonly caller: CallerAccount | undefined
  readonly now: Date
  /** Sends the client to another URL instead. */
  redirect(url: string): void
  /** Reads records as the deployment. */
  read(collection: string): Pick<Records, 'list' | 'first' | 'get' | 'count'>
}

/**
 * Runs the hooks before a download. Database: none, except for what hooks ask for.
 *
 * @throws {ApiError} The refusal of a hook
 */
export async function runBeforeDownload(
  hooks: readonly NamedHook<(e: BeforeDownloadEvent) => void | Promise<void>>[],
  services: () => DeploymentServices,
  { context, collection, recordId, field, name, holder, query }: HookedDownload,
): Promise<DownloadVerdict> {
  let redirect: string | undefined
  const { token: _, ...shown } = query
  const refusal = await runInOrder(hooks, {
    collection: collection.name,
    id: recordId,
    field,
    name,
    query: shown,
    caller: accountOf(holder) ?? callerAccount(context),
    now: context.now,
    redirect(url) {
      redirect = checkedUrl(url)
    },
    read: (other) => recordsOf(deploymentActor(services()), other),
  })
  if (refusal !== undefined) throw refusal
  return { redirect }
}

/** @throws {Error} For anything that is not for browsers to fetch. */
function checkedUrl(text: string): string {
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Error('A download is redirected to an http or https URL.')
  }
  return url.href
}

function accountOf(holder: HookedDownload['holder']): CallerAccount | undefined {
  if (holder === undefined) return undefined
  const { id, collection } = holder
  return { id, collection: collection.name, isSuperuser: isSuperusers(collection) }
}
