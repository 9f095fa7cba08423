import type { Answer, Json } from './client.ts'
import type { Pair } from './pair.ts'

/** The mail server of both. Only the run knows its port, so this is not JSON yet. */
const smtp =
  '{"enabled":true,"host":"127.0.0.1","port":{{mail:port}},"username":"","password":"","authMethod":"","tls":false,"localName":"{{mail:greeting}}"}'

/** The settings in which both servers are compared: no rate limits, batches allowed. */
const settings = {
  superuserIPs: [],
  meta: {
    accentColor: '#1055c9',
    appName: 'Parity',
    appURL: 'http://localhost:8090',
    senderName: 'Support',
    senderAddress: 'support@example.com',
    hideControls: false,
  },
  backups: { cron: '', cronMaxKeep: 3 },
  rateLimits: { enabled: false, excludedIPs: [], rules: [] },
  trustedProxy: { headers: [], useLeftmostIP: false },
  batch: { enabled: true, maxRequests: 50, timeout: 3, maxBodySize: 0 },
  logs: { maxDays: 5, minLevel: 8, logIP: true, logAuthId: false },
}

/** Resets both servers to the state in which every scenario begins. */
export class Baseline {
  readonly #pair: Pair
  readonly #known: ReadonlySet<string>

  private constructor(pair: Pair, known: ReadonlySet<string>) {
    this.#pair = pair
    this.#known = known
  }

  /** Records the current state of both as the state to return to. */
  static async of(pair: Pair): Promise<Baseline> {
    const [left, right] = await collectionsOf(pair)
    return new Baseline(pair, new Set([...left, ...right].map(({ name }) => name)))
  }

  /** Resets the settings. @throws Error if one of them fails. */
  async restoreSettings(): Promise<void> {
    for (const answer of await this.#pair.sendQuietly({
      send: 'PATCH /api/settings',
      raw: {
        type: 'application/json',
        text: `{"smtp":${smtp},${JSON.stringify(settings).slice(1)}`,
      },
    })) {
      if (answer.status !== 200) {
        throw new Error(`The settings cannot be set: ${answer.status} ${answer.text}`)
      }
    }
  }

  /**
   * Deletes all users and all new collections. Returns the names of those that could not be
   * deleted.
   */
  async restoreCollections(): Promise<readonly string[]> {
    await this.#pair.sendQuietly({ send: 'DELETE /api/collections/users/truncate' })
    const [left, right] = await collectionsOf(this.#pair)
    return (await Promise.all([this.#deleteNew(left, 0), this.#deleteNew(right, 1)])).flat()
  }

  /** A collection can only be deleted after those that refer to it, so failed ones are retried. */
  async #deleteNew(collections: readonly CollectionName[], side: 0 | 1): Promise<string[]> {
    let names = collections
      .filter(({ name }) => !this.#known.has(name))
      .toReversed()
      .toSorted((a, b) => Number(b.type === 'view') - Number(a.type === 'view'))
      .map(({ name }) => name)
    for (let round = 0; names.length > 0 && round < 8; round++) {
      const refused: string[] = []
      for (const name of names) {
        const { status } = await this.#pair.sendQuietlyTo(side, {
          send: `DELETE /api/collections/${encodeURIComponent(name)}`,
        })
        if (status >= 300) refused.push(name)
      }
      names = refused
    }
    return names
  }
}

interface CollectionName {
  readonly name: string
  readonly type: string
}

async function collectionsOf(
  pair: Pair,
): Promise<readonly [left: CollectionName[], right: CollectionName[]]> {
  const [left, right] = await pair.sendQuietly({
    send: 'GET /api/collections?perPage=500&fields=name,type',
  })
  return [namesIn(left), namesIn(right)]
}

function namesIn(answer: Answer): CollectionName[] {
  const items = (answer.json as { items?: Json } | undefined)?.items
  if (!Array.isArray(items)) {
    throw new Error(`The collections cannot be listed: ${answer.status} ${answer.text}`)
  }
  return items as CollectionName[]
}
