import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
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
  'test/api/scale.test.ts',
  'test/api/rules/many-agreements.test.ts',
  'test/api/backups/*.test.ts',
  'test/api/files/{crashes,large-places,memory,thumbs}.test.ts',
  'test/api/realtime/hostile.test.ts',
  'test/api/records/{concurrency,any-body,path-cost}.test.ts',
  'test/api/limits/{every-route,other-secrets,password-guesses}.test.ts',
  'test/api/auth/{address-enumeration,mailed-tokens,openid-connect}.test.ts',
  'test/api/{collections,records}/failing-database.test.ts',
  'test/api/transfer/load-deployment.test.ts',
  'test/api/edges/*.test.ts',
  'test/api/openapi/fuzz.test.ts',
  'test/compat/**/*.test.ts',
]

/** A project whose tests share one isolate of the Workers runtime. */
function inWorkers(name: string, files: { include: string[]; exclude?: string[] }) {
  return {
    resolve: {
      alias: { '#test-host': join(import.meta.dirname, 'test/support/hosts/workerd.ts') },
    },
    plugins: [
      cloudflareTest(async () => ({
        main: './src/worker.ts',
        wrangler: { configPath: './wrangler.toml' },
        miniflare: {
          bindings: {
            MIGRATIONS: await readD1Migrations('./drizzle'),
            PASSWORD_COST: 'test',
            SETTINGS_KEY: 'the key of all tests, known to all',
          },
          // Not as LOGS, which a deployment need not have: a test that wants it binds it so.
          d1Databases: { LOGS_OF_A_TEST: 'logs' },
          email: { send_email: [{ name: 'MAIL' }] },
        },
      })),
    ],
    test: {
      ...patience,
      ...files,
      name,
      globalSetup: ['./test/support/smtp-global-setup.ts', './test/support/oidc-global-setup.ts'],
      setupFiles: ['./test/support/setup.ts'],
      isolate: false,
      // A busy machine may let a mail come after the clock that a test waits by.
      retry: process.env['CI'] === undefined ? 0 : 2,
    },
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
        exclude: thorough,
      }),
      inWorkers('thorough', { include: thorough }),
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
