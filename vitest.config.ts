import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', include: ['test/unit/**/*.test.ts', 'test/*.test.ts'] },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            main: './src/worker.ts',
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: { MIGRATIONS: await readD1Migrations('./drizzle'), PASSWORD_COST: 'test' },
            },
          })),
        ],
        test: {
          name: 'workerd',
          include: ['test/api/**/*.test.ts', 'test/compat/**/*.test.ts'],
          setupFiles: ['./test/support/setup.ts'],
          isolate: false,
          // The first request of a run waits for the runtime to start, on a busy machine for long.
          testTimeout: 20_000,
        },
      },
    ],
  },
})
