import type { Unstable_Config } from 'wrangler'
import * as z from 'zod'
import { UsageError } from '#cli/terminal/usage.ts'

/** The part of wrangler's configuration for the database and the bucket. */
export type BindingConfig = Pick<Unstable_Config, 'd1_databases' | 'r2_buckets'>

/** The configuration of the database and the bucket in `wrangler dev`. */
export function localBindings({ d1_databases, r2_buckets }: BindingConfig): BindingConfig {
  return {
    d1_databases: d1_databases.filter(({ binding }) => binding === 'DB'),
    r2_buckets: r2_buckets.filter(({ binding }) => binding === 'FILES'),
  }
}

const databases = z.array(z.object({ name: z.string(), uuid: z.string() }))

/**
 * The configuration of the deployed database and bucket. wrangler.toml has only the database's
 * name, but opening it requires its id.
 *
 * @param listed the output of `wrangler d1 list --json`
 * @throws {UsageError} If nothing is deployed yet.
 */
export function remoteBindings(config: BindingConfig, listed: string): BindingConfig {
  const known = databases.parse(JSON.parse(listed))
  const { d1_databases, r2_buckets } = localBindings(config)
  return {
    d1_databases: d1_databases.map((database) => {
      const id =
        database.database_id ?? known.find(({ name }) => name === database.database_name)?.uuid
      if (id === undefined) {
        throw new UsageError('Nothing is deployed yet. Run npm run deploy first.')
      }
      return { ...database, database_id: id, remote: true }
    }),
    r2_buckets: r2_buckets.map((bucket) => ({ ...bucket, remote: true })),
  }
}
