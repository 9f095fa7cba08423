import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { createJobs } from '#crons/jobs.ts'
import type { WebhookAnswer, WebhookRequest, WebhookSender } from '#platform/webhook-sender.ts'
import { bindings } from './bindings.ts'
import { createMailbox } from '#extension/testing/mailbox.ts'

/** A request that arrived. */
export interface Arrival extends WebhookRequest {
  /** The `webhook-id`. */
  readonly id: string
  /** The parsed body. */
  readonly event: {
    readonly type: string
    readonly data: Readonly<Record<string, unknown>> & { readonly record: Record<string, unknown> }
  }
}

/** A receiver that answers as it is told. */
export interface Receiver {
  readonly sender: WebhookSender
  readonly arrivals: readonly Arrival[]
  /** Answers each request; by default with 200. */
  answer: (arrival: Arrival) => number | Partial<WebhookAnswer> | Promise<number>
}

export function createReceiver(): Receiver {
  const arrivals: Arrival[] = []
  const receiver: Receiver = {
    arrivals,
    answer: () => 200,
    sender: {
      async send(request) {
        const event = JSON.parse(request.body) as Arrival['event']
        const arrival = { ...request, id: request.headers['webhook-id'] ?? '', event }
        arrivals.push(arrival)
        const answer = await receiver.answer(arrival)
        const facts = typeof answer === 'number' ? { status: answer } : answer
        return { status: 200, retryAfter: null, excerpt: 'the answer', ...facts }
      },
    },
  }
  return receiver
}

/** Runs the scheduled delivery of a separate isolate. */
export async function runDelivery(
  { sender }: Pick<Receiver, 'sender'>,
  overrides: Partial<typeof bindings> = {},
): Promise<void> {
  const jobs = createJobs(createMailbox().transports, createCatalogCache(), undefined, sender)
  const job = jobs.list.find(({ id }) => id === '__areteWebhookDelivery__')
  await job?.run({ ...bindings, ...overrides }, new Date())
}
