import type { Unstable_Config } from 'wrangler'
import * as z from 'zod'
import { UsageError } from '#cli/terminal/usage.ts'

/** The part of wrangler's configuration for the stores of a deployment. */
export type BindingConfig = Pick<Unstable_Config, 'd1_databases' | 'r2_buckets' | 'kv_namespaces'>

/** The configuration of the database, the bucket and the sessions in `wrangler dev`. */
export function localBindings(config: BindingConfig): BindingConfig {
  const { d1_databases, r2_buckets, kv_namespaces } = config
  return {
    d1_databases: d1_databases.filter(({ binding }) => binding === 'DB'),
    r2_buckets: r2_buckets.filter(({ binding }) => binding === 'FILES'),
    kv_namespaces: kv_namespaces.filter(({ binding }) => binding === 'SESSIONS'),
  }
}

const databases = z.array(z.object({ name: z.string(), uuid: z.string() }))
const namespaces = z.array(z.object({ id: z.string(), title: z.string() }))

/** The output of wrangler that names what is deployed, each as JSON. */
export interface DeployedNames {
  /** `wrangler d1 list --json` */
  readonly databases: string
  /** `wrangler kv namespace list` */
  readonly namespaces: string
}

/**
 * The configuration of the deployed stores. wrangler.toml has only their names, if any, but opening
 * them requires their ids. A namespace is named after the Worker and its binding.
 *
 * @throws {UsageError} If nothing is deployed yet.
 */
export function remoteBindings(
  config: BindingConfig & { readonly name?: string },
  deployed: DeployedNames,
): BindingConfig {
  const knownDatabases = databases.parse(JSON.parse(deployed.databases))
  const knownNamespaces = namespaces.parse(JSON.parse(deployed.namespaces))
  const { d1_databases, r2_buckets, kv_namespaces } = localBindings(config)
  return {
    d1_databases: d1_databases.map((database) => {
      const found = knownDatabases.find(({ name }) => name === database.database_name)?.uuid
      const id = expectDeployed(database.database_id ?? found)
      return { ...database, database_id: id, remote: true }
    }),
    r2_buckets: r2_buckets.map((bucket) => ({ ...bucket, remote: true })),
    kv_namespaces: kv_namespaces.map((namespace) => {
      const name = `${config.name}-${namespace.binding.toLowerCase()}`
      const found = knownNamespaces.find(({ title }) => title === name)?.id
      return { ...namespace, id: expectDeployed(namespace.id ?? found), remote: true }
    }),
  }
}

function expectDeployed(id: string | undefined): string {
  if (id !== undefined) return id
  throw new UsageError('Nothing is deployed yet. Run npm run deploy first.')
}
