import PocketBase, { type SendOptions } from 'pocketbase'
import { SessionStore } from './session-store.ts'
import { askForProof, wantedProof } from './step-up.ts'

/** The session of this tab. */
export const session = new SessionStore()

/** Sends a request again after the user proved who they are, if the server wants such a proof. */
class ProvingClient extends PocketBase {
  override async send<T>(path: string, options: SendOptions): Promise<T> {
    try {
      return await super.send<T>(path, options)
    } catch (error) {
      const wanted = wantedProof(error)
      if (wanted === undefined || !(await askForProof(wanted))) throw error
      return await super.send<T>(path, options)
    }
  }
}

/** The official client. Everything the dashboard does goes through it. */
export const client = new ProvingClient('/', session)
// Queries share and cancel their requests themselves.
client.autoCancellation(false)
