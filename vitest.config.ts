import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Miniflare reads this when it is loaded: the tests' SMTP servers have certificates of this authority.
process.env['NODE_EXTRA_CA_CERTS'] = join(import.meta.dirname, 'test/fixtures/tls/ca.pem')
const { cloudflareTest, readD1Migrations } = await import('@cloudflare/vitest-plugin')

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/*.test.ts'],
          // No test is about time; a busy machine may take long for the larger ones.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'moving',
          include: ['test/moving/**/*.test.ts'],
          // Servers of both kinds start, are filled and end.
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
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
          name: 'workerd',
          include: ['test/api/**/*.test.ts', 'test/compat/**/*.test.ts'],
          globalSetup: [
            './test/support/smtp-global-setup.ts',
            './test/support/oidc-global-setup.ts',
          ],
          setupFiles: ['./test/support/setup.ts'],
          isolate: false,
          // The first request of a run waits for the runtime to start, on a busy machine for long.
          testTimeout: 60_000,
          // A busy machine may let a mail come after the clock that a test waits by.
          retry: process.env['CI'] === undefined ? 0 : 2,
        },
      },
    ],
  },
})
