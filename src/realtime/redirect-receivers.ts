import type { RedirectReceivers } from '#auth/oauth2/oauth2-redirect.ts'
import type { RealtimeShards } from '#platform/realtime.ts'
import { shardOfClient } from './client-id.ts'

/** The topic for OAuth2 redirects. */
const redirectTopic = '@oauth2'

/** Delivers OAuth2 redirects to realtime clients: the state is their id. */
export function createRedirectReceivers(shards: RealtimeShards): RedirectReceivers {
  return {
    async deliver(message, clientIp) {
      const shard = shardOfClient(message.state, shards.count)
      if (shard === undefined) return false
      const data = JSON.stringify(message)
      return await shards
        .shard(shard)
        .send({ clientId: message.state, clientIp, topic: redirectTopic, data })
    },
  }
}
