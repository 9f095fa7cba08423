import type PocketBase from 'pocketbase'
import type { RecordModel } from 'pocketbase'
import { useSyncExternalStore } from 'react'
import { client } from './client.ts'
import { keys } from './keys.ts'
import { queryClient } from './query-client.ts'

/*
 * While a superuser views records as an account, lists are read with a token of that account. The token
 * is only in memory, lasts 15 minutes at most, and its session ends with the view.
 */

const lifetimeSeconds = 15 * 60

/** The account that records are viewed as. */
export interface Viewer {
  readonly collection: string
  readonly id: string
  readonly label: string
  readonly client: PocketBase
}

let viewer: Viewer | undefined
const listeners = new Set<() => void>()

/** The account that records are viewed as; undefined for the superuser's own view. */
export function useViewer(): Viewer | undefined {
  return useSyncExternalStore(subscribe, () => viewer)
}

/** The client that records are read with. */
export function readingClient(): PocketBase {
  return viewer?.client ?? client
}

/** Begins to view records as an account. */
export async function startViewAs(record: RecordModel, label: string): Promise<void> {
  await endViewAs()
  const collection = record.collectionName
  const impersonated = await client.collection(collection).impersonate(record.id, lifetimeSeconds)
  impersonated.autoCancellation(false)
  await change({ collection, id: record.id, label, client: impersonated })
}

/** Returns to the superuser's own view, and ends the session that the view had. */
export async function endViewAs(): Promise<void> {
  if (viewer === undefined) return
  const { collection, id, client: impersonated } = viewer
  await change(undefined)
  try {
    await impersonated.send(`/api/collections/${encodeURIComponent(collection)}/logout`, {
      method: 'POST',
    })
  } catch {
    // The token then ends by itself.
  }
  await queryClient.invalidateQueries({ queryKey: keys.sessions(collection, id) })
}

/** Changes the viewer, and forgets the records that were read for another one. */
async function change(next: Viewer | undefined): Promise<void> {
  viewer = next
  await queryClient.cancelQueries({ queryKey: ['records'] })
  queryClient.removeQueries({ queryKey: ['records'] })
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
