import { readFileSync } from 'node:fs'
import { it } from 'vitest'
import { seedMigration, seedMigrationPath } from '../../../scripts/generate-seed.ts'

// Deployments are created from the file; everything else is compiled from the module.
it('keeps the migration in step with the module of the system collections', ({ expect }) => {
  expect(readFileSync(seedMigrationPath, 'utf8')).toBe(seedMigration())
})
