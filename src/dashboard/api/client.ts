import PocketBase from 'pocketbase'
import { SessionStore } from './session-store.ts'

/** The session of this tab. */
export const session = new SessionStore()

/** The official client. Everything the dashboard does goes through it. */
export const client = new PocketBase('/', session)
// Queries share and cancel their requests themselves.
client.autoCancellation(false)
