import { describe, it } from 'vitest'
import {
  type BindingConfig,
  localBindings,
  remoteBindings,
} from '#cli/deployment/binding-config.ts'

const config: BindingConfig = {
  d1_databases: [
    { binding: 'DB', database_name: 'arete', migrations_dir: 'drizzle' },
    { binding: 'LOGS', database_name: 'arete-logs' },
  ],
  r2_buckets: [{ binding: 'FILES', bucket_name: 'arete-files' }],
  kv_namespaces: [{ binding: 'SESSIONS' }],
}

describe('the bindings of a deployment', () => {
  it('of a local one identify wrangler’s state', ({ expect }) => {
    expect(localBindings(config)).toEqual({
      d1_databases: [config.d1_databases[0]],
      r2_buckets: config.r2_buckets,
      kv_namespaces: config.kv_namespaces,
    })
  })

  it('of the deployed one are remote and found by name', ({ expect }) => {
    const deployed = {
      databases: JSON.stringify([
        { name: 'other', uuid: '1', version: 'production' },
        { name: 'arete', uuid: '2', version: 'production' },
      ]),
      namespaces: JSON.stringify([
        { id: '3', title: 'other', supports_url_encoding: true },
        { id: '4', title: 'arete-sessions', supports_url_encoding: true },
      ]),
    }

    expect(remoteBindings({ ...config, name: 'arete' }, deployed)).toEqual({
      d1_databases: [{ ...config.d1_databases[0], database_id: '2', remote: true }],
      r2_buckets: [{ ...config.r2_buckets[0], remote: true }],
      kv_namespaces: [{ binding: 'SESSIONS', id: '4', remote: true }],
    })
  })

  it('do not exist if nothing is deployed', ({ expect }) => {
    expect(() => remoteBindings(config, { databases: '[]', namespaces: '[]' })).toThrow(
      /Run npm run deploy first/,
    )
  })
})
