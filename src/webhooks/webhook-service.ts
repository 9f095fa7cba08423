import type { CatalogCache } from '#catalog/catalog-cache.ts'
import { createSystemTransactor } from '#catalog/transact.ts'
import type { Bindings } from '#http/app-env.ts'
import type { Background, WakeUpQueue } from '#platform/bindings.ts'
import type { WebhookSender } from '#platform/webhook-sender.ts'
import type { DeliveryPorts } from './deliver.ts'

declare module '#http/app-env.ts' {
  interface RequestServices {
    /** Delivers events to webhooks. */
    readonly webhooks: RequestWebhooks
  }
}

/** The webhook actions of a request. */
export interface RequestWebhooks {
  /** Undefined if the host sends no webhooks. */
  readonly ports: DeliveryPorts | undefined
  /** Delivers some due events after the response. Further calls of the request change nothing. */
  wake(): void
}

interface Services {
  readonly catalogs: CatalogCache
  /** Without it nothing is sent. */
  readonly sender: WebhookSender | undefined
}

/** The time in which a scheduled run starts rounds: the next one comes after a minute. */
const scheduledMilliseconds = 45_000

/** Creates the webhook actions of a request. */
export function createRequestWebhooks(
  services: Services,
  bindings: Bindings,
  background: Background,
): RequestWebhooks {
  const ports = portsOf(services, bindings)
  let isAwake = false
  return {
    ports,
    wake: () => {
      if (isAwake || ports === undefined) return
      isAwake = true
      background.run(deliverSome(ports, bindings.EVENTS))
    },
  }
}

/** Delivers all due events, for the scheduled run and for a queue that wakes one. */
export async function deliverDue(services: Services, bindings: Bindings): Promise<void> {
  const ports = portsOf(services, bindings)
  if (ports === undefined) return
  const { deliverWebhooks } = await import('./deliver.ts')
  await deliverWebhooks(ports, scheduledMilliseconds)
}

/** Lets the response go first. One round: the rest is for the queue, or for the scheduled run. */
async function deliverSome(ports: DeliveryPorts, queue: WakeUpQueue | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0))
  const { deliverWebhooks } = await import('./deliver.ts')
  const isMore = await deliverWebhooks(ports, 0)
  // The rows are the truth: a message that is lost, late or doubled changes nothing.
  if (isMore) await queue?.send({})
}

function portsOf({ sender, catalogs }: Services, bindings: Bindings): DeliveryPorts | undefined {
  if (sender === undefined) return undefined
  const { DB: db, LOCAL_INBOX } = bindings
  const transactor = createSystemTransactor(db, catalogs)
  return { db, transactor, sender, keys: bindings, isLocal: LOCAL_INBOX === '1' }
}
