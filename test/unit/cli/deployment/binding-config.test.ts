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
}

describe('the bindings of a deployment', () => {
  it('of a local one identify wrangler’s state', ({ expect }) => {
    expect(localBindings(config)).toEqual({
      d1_databases: [config.d1_databases[0]],
      r2_buckets: config.r2_buckets,
    })
  })

  it('of the deployed one are remote and found by name', ({ expect }) => {
    const listed = JSON.stringify([
      { name: 'other', uuid: '1', version: 'production' },
      { name: 'arete', uuid: '2', version: 'production' },
    ])

    expect(remoteBindings(config, listed)).toEqual({
      d1_databases: [{ ...config.d1_databases[0], database_id: '2', remote: true }],
      r2_buckets: [{ ...config.r2_buckets[0], remote: true }],
    })
  })

  it('do not exist if nothing is deployed', ({ expect }) => {
    expect(() => remoteBindings(config, '[]')).toThrow(/Run npm run deploy first/)
  })
})
