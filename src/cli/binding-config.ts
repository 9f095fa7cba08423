import type { Unstable_Config } from 'wrangler'
import * as z from 'zod'
import { UsageError } from './usage.ts'

/** The part of wrangler's configuration that says where a deployment keeps records and files. */
export type BindingConfig = Pick<Unstable_Config, 'd1_databases' | 'r2_buckets'>

/** The database and the bucket as `wrangler dev` would have them, and nothing else. */
export function localBindings({ d1_databases, r2_buckets }: BindingConfig): BindingConfig {
  return {
    d1_databases: d1_databases.filter(({ binding }) => binding === 'DB'),
    r2_buckets: r2_buckets.filter(({ binding }) => binding === 'FILES'),
  }
}

const databases = z.array(z.object({ name: z.string(), uuid: z.string() }))

/**
 * The same, of the account. wrangler.toml names the database, and only its id opens it.
 *
 * @param listed what `wrangler d1 list --json` printed
 * @throws {UsageError} when nothing is deployed yet
 */
export function remoteBindings(config: BindingConfig, listed: string): BindingConfig {
  const known = databases.parse(JSON.parse(listed))
  const { d1_databases, r2_buckets } = localBindings(config)
  return {
    d1_databases: d1_databases.map((database) => {
      const id =
        database.database_id ?? known.find(({ name }) => name === database.database_name)?.uuid
      if (id === undefined) {
        throw new UsageError('Nothing is deployed yet. First: npm run deploy')
      }
      return { ...database, database_id: id, remote: true }
    }),
    r2_buckets: r2_buckets.map((bucket) => ({ ...bucket, remote: true })),
  }
}
