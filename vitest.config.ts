import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { settingsKey } from './test/support/hosts/test-host.ts'
import { quietRuntime } from './test/support/quiet-runtime.ts'

// Miniflare reads this when it is loaded: the tests' SMTP servers have certificates of this authority.
process.env['NODE_EXTRA_CA_CERTS'] = join(import.meta.dirname, 'test/fixtures/tls/ca.pem')
quietRuntime()
const { cloudflareTest, readD1Migrations } = await import('@cloudflare/vitest-plugin')

/** Limits that only a test that hangs reaches: a slow machine, or a busy one, is no fault. */
const patience = { testTimeout: 600_000, hookTimeout: 600_000, teardownTimeout: 60_000 }

/** Tests that run on every host. */
const portable = ['test/contract/*.test.ts', 'test/api/**/*.test.ts']

/** Tests of every host that take long, and rarely find what the others do not. */
const thorough = [
  'test/api/rules/many-agreements.test.ts',
  'test/api/backups/*.test.ts',
  'test/api/files/{crashes,large-places,memory,thumbs}.test.ts',
  'test/api/realtime/hostile.test.ts',
  'test/api/records/{concurrency,any-body}.test.ts',
  'test/api/limits/{every-route,other-secrets,password-guesses}.test.ts',
  'test/api/auth/{address-enumeration,mailed-tokens,openid-connect}.test.ts',
  'test/api/{collections,records}/failing-database.test.ts',
  'test/api/transfer/load-deployment.test.ts',
  'test/api/edges/*.test.ts',
  'test/api/openapi/fuzz.test.ts',
  'test/compat/**/*.test.ts',
]

/** Tests of what D1 counts and bills, and of other parts that only Cloudflare has. */
const thoroughInWorkers = ['test/workerd/{scale,path-cost}.test.ts']

/** Tests of the server of one's own and of its adapters. */
const ofServer = [
  'test/node/**/*.test.ts',
  'test/unit/{adapters/node,serve}/*.test.ts',
  'test/commands/serve.test.ts',
]

interface Files {
  readonly pool?: 'threads'
  readonly include: string[]
  readonly exclude?: string[]
}

/** A project whose tests run on a host, and share one process or isolate. */
function onHost(name: string, host: 'workerd' | 'node', files: Files) {
  const module = join(import.meta.dirname, `test/support/hosts/${host}.ts`)
  return {
    resolve: { alias: { '#test-host': module } },
    test: {
      ...patience,
      ...files,
      name,
      globalSetup: [
        './test/support/smtp-global-setup.ts',
        './test/support/oidc-global-setup.ts',
        ...(host === 'node' ? ['./test/support/hosts/node-global-setup.ts'] : []),
      ],
      setupFiles: ['./test/support/setup.ts'],
      isolate: false,
      // A busy machine may let a mail come after the clock that a test waits by.
      retry: process.env['CI'] === undefined ? 0 : 2,
    },
  }
}

/** A project in the Workers runtime. */
function inWorkers(name: string, files: Files) {
  return {
    ...onHost(name, 'workerd', files),
    plugins: [
      cloudflareTest(async () => ({
        main: './src/worker.ts',
        wrangler: { configPath: './wrangler.toml' },
        miniflare: {
          bindings: {
            MIGRATIONS: await readD1Migrations('./drizzle'),
            PASSWORD_COST: 'test',
            SETTINGS_KEY: settingsKey,
          },
          // Not as LOGS, which a deployment need not have: a test that wants it binds it so.
          d1Databases: { LOGS_OF_A_TEST: 'logs' },
          email: { send_email: [{ name: 'MAIL' }] },
        },
      })),
    ],
  }
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...patience,
          name: 'unit',
          isolate: false,
          include: ['test/unit/**/*.test.ts', 'test/architecture.test.ts'],
        },
      },
      inWorkers('workerd', {
        include: [...portable, 'test/workerd/**/*.test.ts'],
        exclude: [...thorough, ...thoroughInWorkers],
      }),
      inWorkers('thorough', { include: [...thorough, ...thoroughInWorkers] }),
      onHost('node', 'node', {
        include: [...portable, 'test/node/**/*.test.ts'],
        exclude: thorough,
      }),
      onHost('node-thorough', 'node', { include: thorough }),
      // The server under Bun, and programs as Bun runs them: `npm run test:bun` runs it, and nothing else.
      onHost('bun', 'node', {
        include: [...portable, ...ofServer, 'test/compat/**/*.test.ts'],
        exclude: [
          ...thorough.filter((path) => !path.startsWith('test/compat')),
          // Bun's own client leaves out the name of a file.
          'test/compat/files.test.ts',
          // A thread of Bun cannot change its user.
          'test/unit/adapters/node/data-folder.test.ts',
        ],
        pool: 'threads',
      }),
      {
        // Programs that run as users run them: the README's, the commands, imports beside PocketBase.
        test: {
          ...patience,
          name: 'programs',
          include: ['test/*.test.ts', 'test/commands/**/*.test.ts'],
          exclude: ['test/architecture.test.ts'],
        },
      },
      { test: { ...patience, name: 'moving', include: ['test/moving/**/*.test.ts'] } },
    ],
  },
})
