import { randomString } from '#kernel/random.ts'

const clientIdLength = 40
/** Digits of the shard's number, in base 36. */
const addressLength = 2

/** The id of a new client, which says where its connection is and cannot be guessed. */
export function newClientId(shard: number): string {
  const address = shard.toString(36).padStart(addressLength, '0')
  return address + randomString(clientIdLength - addressLength)
}

/** The number of the shard that a client's connection would be in; undefined for what is no id. */
export function shardOfClient(clientId: string, shardCount: number): number | undefined {
  if (!/^[0-9a-z]{2}[0-9A-Za-z]{38}$/.test(clientId)) return undefined
  const shard = Number.parseInt(clientId.slice(0, addressLength), 36)
  return shard < shardCount ? shard : undefined
}
