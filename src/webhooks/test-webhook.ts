import type { Catalog } from '#catalog/catalog.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { newId } from '#kernel/random.ts'
import { type DeliveryPorts, send } from './deliver.ts'
import type { Webhook } from './webhook.ts'
import { openSecrets } from './webhook-secrets.ts'

/** The outcome of a test. `status` is 0 without an answer, `error` empty after a success. */
export interface TestOutcome {
  readonly status: number
  readonly tookMs: number
  readonly error: string
}

/** Sends `test.ping` to a webhook at once, whether it is on or off. Nothing is stored. */
export async function testWebhook(
  ports: DeliveryPorts,
  catalog: Catalog,
  webhook: Webhook,
): Promise<TestOutcome> {
  const now = new Date()
  const secrets = await openSecrets(ports.keys, webhook, unixSeconds(now))
  if (secrets === undefined) {
    return { status: 0, tookMs: 0, error: 'no key opens the secrets of the webhook' }
  }
  const collection = catalog.collections.find(webhook.collectionId)
  const body = JSON.stringify({
    type: 'test.ping',
    timestamp: now.toISOString(),
    data: { collection: collection && { id: collection.id, name: collection.name } },
  })
  const sent = await send(ports, catalog, { webhook, secrets, id: `msg_test_${newId()}`, body })
  return { status: sent.status ?? 0, tookMs: Math.round(sent.tookMs), error: sent.error }
}
