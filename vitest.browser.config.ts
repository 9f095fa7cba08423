import { defineConfig } from 'vitest/config'

/** The tests that look at pages in a real browser; see test/browser. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    // One browser and one server at a time, on a busy machine for long.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
