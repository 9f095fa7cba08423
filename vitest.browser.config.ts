import { defineConfig } from 'vitest/config'

/** The tests that look at pages in a real browser; see test/browser. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    // One browser and one server at a time, on a busy machine for long.
    fileParallelism: false,
    // On a shared machine a step may take longer than any wait allows for.
    retry: process.env['CI'] === undefined ? 0 : 1,
    // Limits that only a test that hangs reaches: axe takes long where other programs run, too.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})
