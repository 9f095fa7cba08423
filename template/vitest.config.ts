import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

// The tests run in the Workers runtime, with the bindings of wrangler.toml.
export default defineConfig({
  plugins: [
    cloudflareTest(async () => ({
      main: './src/worker.ts',
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          MIGRATIONS: await readD1Migrations('node_modules/arete/drizzle'),
          PASSWORD_COST: 'test',
          SETTINGS_KEY: 'a key for tests',
        },
      },
    })),
  ],
})
