import { useMutation, useQuery } from '@tanstack/react-query'
import type { ListResult, RecordModel } from 'pocketbase'
import { client } from './client.ts'
import { keys } from './keys.ts'
import { queryClient } from './query-client.ts'

/** The members of a webhook that a user sets. */
export interface WebhookBody {
  readonly name: string
  readonly url: string
  /** The name of the collection. */
  readonly collection: string
  readonly events: readonly string[]
  readonly filter: string
  /** Empty for all. */
  readonly fields: readonly string[]
  readonly payload: string
  readonly ordered: boolean
  /** Stored values are masked. */
  readonly headers: Readonly<Record<string, string>>
  /** Seconds. */
  readonly timeout: number
  readonly enabled: boolean
}

/** A webhook with its state. */
export interface Webhook extends WebhookBody {
  readonly id: string
  readonly state: 'active' | 'paused' | 'failing' | 'off'
  /** The reason why it is paused or off; empty if there is none, or if it was turned off by hand. */
  readonly reason: string
  /** Empty while deliveries succeed. */
  readonly failingSince: string
  readonly lastSuccess: string
  readonly waiting: number
  readonly dead: number
  readonly paused: number
}

/** The state of a delivery. */
export type DeliveryState = 'waiting' | 'done' | 'dead' | 'paused'

/** A message to a webhook, with its last attempt. */
export interface Delivery {
  /** The `webhook-id` of every attempt. */
  readonly id: string
  readonly type: string
  readonly record: string
  readonly state: DeliveryState
  readonly attempts: number
  /** The next attempt; empty if there is none. */
  readonly next: string
  /** 0 without an answer. */
  readonly status: number
  readonly error: string
  readonly answer: string
  readonly tookMs: number
  readonly attempted: string
  readonly created: string
}

/** Deliveries by state and by the time of the change; empty values do not narrow. */
export interface DeliveryRange {
  readonly state: string
  readonly since: string
  readonly until: string
}

const pageSize = 50

/** All webhooks. */
export function useWebhooks() {
  return useQuery({
    queryKey: [...keys.webhooks, 'list'],
    queryFn: async () =>
      (await client.send<{ items: Webhook[] }>('/api/webhooks', { method: 'GET' })).items,
  })
}

/** One webhook. */
export function useWebhook(id: string) {
  return useQuery({
    queryKey: [...keys.webhooks, 'one', id],
    queryFn: () => client.send<Webhook>(pathOf(id), { method: 'GET' }),
    retry: false,
  })
}

/** Creates a webhook. The answer is the only one with the secret. */
export function useCreateWebhook() {
  return useMutation({
    mutationFn: (body: WebhookBody) =>
      client.send<Webhook & { readonly secret: string }>('/api/webhooks', { method: 'POST', body }),
    onSuccess: forget,
    // The secret stays nowhere.
    gcTime: 0,
  })
}

/** Changes a webhook. */
export function useUpdateWebhook(id: string) {
  return useMutation({
    mutationFn: (body: Partial<WebhookBody>) =>
      client.send<Webhook>(pathOf(id), { method: 'PATCH', body }),
    onSuccess: forget,
  })
}

/** Deletes a webhook with its log. */
export function useDeleteWebhook(id: string) {
  return useMutation({
    mutationFn: () => client.send<unknown>(pathOf(id), { method: 'DELETE' }),
    onSuccess: async () => {
      queryClient.removeQueries({ queryKey: [...keys.webhooks, 'one', id] })
      await queryClient.invalidateQueries({ queryKey: [...keys.webhooks, 'list'] })
    },
  })
}

/** Makes a new secret; the old one signs too for some seconds. */
export function useRotateSecret(id: string) {
  return useMutation({
    mutationFn: (keepSeconds: number) =>
      client.send<{ readonly secret: string }>(`${pathOf(id)}/rotate`, {
        method: 'POST',
        body: { keepSeconds },
      }),
    gcTime: 0,
  })
}

/** Sends a test at once. */
export function useTestWebhook(id: string) {
  return useMutation({
    mutationFn: () =>
      client.send<{ readonly status: number; readonly tookMs: number; readonly error: string }>(
        `${pathOf(id)}/test`,
        { method: 'POST' },
      ),
  })
}

/** A page of the log, the newest first. It is read again while an attempt is near. */
export function useDeliveries(webhook: string, range: DeliveryRange, page: number) {
  return useQuery({
    queryKey: [...keys.deliveries(webhook), 'list', range, page],
    queryFn: () =>
      client.send<ListResult<Delivery>>(`${pathOf(webhook)}/deliveries`, {
        method: 'GET',
        query: { ...range, page, perPage: pageSize },
      }),
    placeholderData: (previous) => previous,
    refetchInterval: ({ state }) => (state.data?.items.some(isNear) === true ? 2000 : false),
  })
}

/** One delivery with the body of its request. */
export function useDelivery(webhook: string, id: string) {
  return useQuery({
    queryKey: [...keys.deliveries(webhook), 'one', id],
    queryFn: () =>
      client.send<Delivery & { readonly body: string }>(
        `/api/webhooks/deliveries/${encodeURIComponent(id)}`,
        { method: 'GET' },
      ),
    refetchInterval: ({ state }) => (state.data !== undefined && isNear(state.data) ? 2000 : false),
  })
}

/** Counts the deliveries that a replay of a range sends again. */
export function useReplayCount(webhook: string, { state, ...range }: DeliveryRange) {
  return useQuery({
    queryKey: [...keys.deliveries(webhook), 'count', state, range],
    queryFn: async () => {
      const states = state === '' ? ['dead', 'paused'] : [state]
      const pages = await Promise.all(
        states.map((each) =>
          client.send<ListResult<Delivery>>(`${pathOf(webhook)}/deliveries`, {
            method: 'GET',
            query: { ...range, state: each, perPage: 1 },
          }),
        ),
      )
      return pages.reduce((sum, { totalItems }) => sum + totalItems, 0)
    },
  })
}

/** Sends a delivery again. */
export function useReplayOne(webhook: string) {
  return useMutation({
    mutationFn: (id: string) =>
      client.send<unknown>(`/api/webhooks/deliveries/${encodeURIComponent(id)}/replay`, {
        method: 'POST',
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.deliveries(webhook) }),
  })
}

/** Sends many deliveries again. */
export function useReplay(webhook: string) {
  return useMutation({
    mutationFn: (range: DeliveryRange) =>
      client.send<{ readonly count: number }>(`${pathOf(webhook)}/replay`, {
        method: 'POST',
        body: range,
      }),
    onSuccess: forget,
  })
}

/** The newest record of a collection; null if it has none. */
export function useNewestRecord(collection: string) {
  return useQuery({
    queryKey: [...keys.records(collection), 'newest'],
    queryFn: async (): Promise<RecordModel | null> => {
      const { items } = await client
        .collection(collection)
        .getList(1, 1, { sort: '-@rowid', skipTotal: true })
      return items[0] ?? null
    },
    enabled: collection !== '',
  })
}

function pathOf(id: string): string {
  return `/api/webhooks/${encodeURIComponent(id)}`
}

async function forget(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: keys.webhooks })
}

/** True while an attempt is near or under way, when the next one is due after two minutes. */
function isNear({ next }: Delivery): boolean {
  return next !== '' && new Date(next.replace(' ', 'T')).getTime() < Date.now() + 180_000
}
