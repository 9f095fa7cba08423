import type { RedirectReceivers } from '#auth/oauth2/oauth2-redirect.ts'
import type { RealtimeShards } from '#platform/realtime.ts'
import { shardOfClient } from './client-id.ts'

/** The topic under which a client waits for what a provider answers. */
const redirectTopic = '@oauth2'

/** Clients of realtime as those who wait for a user to come back from a provider: the state is their id. */
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
