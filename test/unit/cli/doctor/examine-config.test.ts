import { describe, it } from 'vitest'
import { type ExaminedConfig, examineConfig } from '#cli/doctor/examine-config.ts'

const own: ExaminedConfig['own'] = {
  compatibility_date: '2026-11-01',
  d1_databases: [{ binding: 'DB' }],
  kv_namespaces: [{ binding: 'SESSIONS' }],
  r2_buckets: [{ binding: 'FILES' }],
  durable_objects: { bindings: [{ name: 'REALTIME', class_name: 'RealtimeShard' }] },
  migrations: [{ tag: 'realtime', new_sqlite_classes: ['RealtimeShard'] }],
  triggers: { crons: ['* * * * *'] },
  assets: { directory: 'public', run_worker_first: ['/api/*'] },
  images: { binding: 'IMAGES' },
  observability: { enabled: true, logs: { enabled: true, invocation_logs: false } },
}

const good: ExaminedConfig['config'] = {
  ...own,
  d1_databases: [{ binding: 'DB', migrations_dir: 'node_modules/arete/drizzle' }],
  vars: { GREETING: 'hello' },
}

function findings(change: Partial<ExaminedConfig['config']>) {
  return examineConfig({
    config: { ...good, ...change },
    own,
    projectFolder: '/app',
    migrationsFolder: '/app/node_modules/arete/drizzle',
    now: new Date('2026-11-30'),
  }).map(({ id, level, message }) => `${level} ${id}: ${message}`)
}

describe('the check of a wrangler.toml', () => {
  it('finds nothing in the one of the template', ({ expect }) => {
    expect(findings({})).toEqual([expect.stringMatching(/^ok bindings/)])
  })

  it.for([
    {
      name: 'a database',
      change: { d1_databases: [] },
      says: 'problem bindings: There is no database DB.',
    },
    {
      name: 'the sessions',
      change: { kv_namespaces: [] },
      says: 'problem bindings: There is no KV namespace SESSIONS.',
    },
    {
      name: 'the bucket',
      change: { r2_buckets: [] },
      says: 'problem bindings: There is no bucket FILES.',
    },
    {
      name: 'a Durable Object',
      change: { durable_objects: { bindings: [] } },
      says: 'problem bindings: There is no Durable Object REALTIME.',
    },
    {
      name: 'its class',
      change: { migrations: [] },
      says: 'problem bindings: No migration makes the class RealtimeShard.',
    },
    {
      name: 'the schedule',
      change: { triggers: { crons: ['0 0 * * *'] } },
      says: 'problem bindings: The schedule "* * * * *" is missing',
    },
    {
      name: 'its paths',
      change: { assets: { directory: 'public' } },
      says: 'problem bindings: run_worker_first lacks /api/*',
    },
    {
      name: 'thumbnails',
      change: { images: undefined },
      says: 'warning bindings: There is no binding for images',
    },
    {
      name: 'a log without addresses',
      change: { observability: { enabled: true } },
      says: 'warning bindings: Cloudflare keeps the addresses',
    },
    {
      name: 'its date',
      change: { compatibility_date: '2025-01-01' },
      says: 'warning compatibility-date: The compatibility date is 2025-01-01',
    },
  ])('reports that $name is missing', ({ change, says }, { expect }) => {
    expect(findings(change)).toEqual([expect.stringContaining(says)])
  })

  it.for(['LOCAL_INBOX', 'PASSWORD_COST', 'SETTINGS_KEY', 'SETTINGS_KEY_PREVIOUS'])(
    'reports the variable %s',
    (name, { expect }) => {
      expect(findings({ vars: { [name]: '1' } })).toEqual([
        expect.stringContaining(`problem variables: The variable ${name} is set`),
      ])
    },
  )

  it('reports a date that Cloudflare refuses', ({ expect }) => {
    expect(findings({ compatibility_date: '2026-12-01' })).toEqual([
      expect.stringContaining('is in the future'),
    ])
  })

  it('reports tables of another version', ({ expect }) => {
    const d1_databases = [{ binding: 'DB', migrations_dir: 'drizzle' }]

    expect(findings({ d1_databases })).toEqual([
      expect.stringContaining('problem migrations-folder: The tables are made from /app/drizzle'),
    ])
  })

  it('accepts a Worker that comes first everywhere', ({ expect }) => {
    const assets = { directory: 'public', run_worker_first: true }

    expect(findings({ assets })).toEqual([expect.stringMatching(/^ok/)])
  })
})
