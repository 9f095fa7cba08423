/*
 * Selects the clients to disconnect when a shard is full. Any client gets capacity while there is
 * some. After that the holder with the most gives way to one who would have less, and among the
 * clients of one holder the largest to a smaller one. So a single client takes no capacity from
 * others, and many clients at one address lack none while there is some.
 */
import { addressBlock } from '#go-compat/ip-address.ts'
import type { RealtimeAccount } from '#platform/realtime.ts'

/** The properties of a client that count. */
export interface ShareHolder {
  readonly ip: string
  readonly account: RealtimeAccount | undefined
  readonly connectedAt: number
  /** Characters of its subscriptions. */
  readonly characters: number
}

/** The capacity that a new or growing client needs. */
export interface Wanted extends Pick<ShareHolder, 'ip' | 'account'> {
  /** The amount the client itself would have. */
  readonly amount: number
  /** The amount that must become free. */
  readonly excess: number
}

/** A guest's amount counts this many times: an account costs a sign-up, a connection nothing. */
const guestWeight = 4

/**
 * The clients to disconnect so that a client fits; undefined if it must be rejected, because the
 * larger ones would not free enough.
 *
 * @param others all other clients
 */
export function clientsThatGiveWay<Client extends ShareHolder>(
  others: readonly Client[],
  amountOf: (client: Client) => number,
  { ip, account, amount, excess }: Wanted,
): Client[] | undefined {
  const holders = Map.groupBy(others, holderOf)
  const own = holderOf({ ip, account })
  const siblings = holders.get(own) ?? []
  holders.delete(own)
  const weighed = (clients: readonly Client[], more = 0): number =>
    (sumOf(clients.map(amountOf)) + more) * weightOf(clients[0] ?? { account })
  const wanted = weighed(siblings, amount)
  const largest = siblings
    .filter((sibling) => amountOf(sibling) > amount)
    .toSorted(byTurn(amountOf))

  const ended: Client[] = []
  for (let open = excess; open > 0;) {
    const [most] = [...holders].toSorted(([, a], [, b]) => weighed(b) - weighed(a))
    const isLess = most !== undefined && weighed(most[1]) > wanted
    const [first, ...rest] = isLess ? most[1].toSorted(byTurn(amountOf)) : []
    if (isLess) holders.set(most[0], rest)
    const client = first ?? largest.shift()
    if (client === undefined) return undefined
    ended.push(client)
    open -= amountOf(client)
  }
  return ended
}

/**
 * Guests of one address block, which belongs to one customer, are one holder; so are all clients of
 * an account.
 */
export function holderOf({ ip, account }: Pick<ShareHolder, 'ip' | 'account'>): string {
  return account === undefined ? addressBlock(ip) : `${account.collectionId}/${account.recordId}`
}

function weightOf({ account }: Pick<ShareHolder, 'account'>): number {
  return account === undefined ? guestWeight : 1
}

/** Large ones first; of equal size, the oldest. */
function byTurn<Client extends ShareHolder>(amountOf: (client: Client) => number) {
  return (a: Client, b: Client): number =>
    amountOf(b) - amountOf(a) || a.connectedAt - b.connectedAt
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0)
}
