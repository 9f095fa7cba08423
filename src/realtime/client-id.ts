import { randomString } from '#kernel/random.ts'

const clientIdLength = 40
/** Digits of the shard's number, in base 36. */
const addressLength = 2

/** Generates the id of a new client, which names its shard and cannot be guessed. */
export function newClientId(shard: number): string {
  const address = shard.toString(36).padStart(addressLength, '0')
  return address + randomString(clientIdLength - addressLength)
}

/** The number of the shard in a client id; undefined if the id is invalid. */
export function shardOfClient(clientId: string, shardCount: number): number | undefined {
  if (!/^[0-9a-z]{2}[0-9A-Za-z]{38}$/.test(clientId)) return undefined
  const shard = Number.parseInt(clientId.slice(0, addressLength), 36)
  return shard < shardCount ? shard : undefined
}
