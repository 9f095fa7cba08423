import { readFileSync } from 'node:fs'
import { it } from 'vitest'
import { seedMigration, seedMigrationPath } from '../../../scripts/generate-seed.ts'

// Deployments are made from the file, everything else is compiled from the module.
it('keeps the migration what the module of the system collections says', ({ expect }) => {
  expect(readFileSync(seedMigrationPath, 'utf8')).toBe(seedMigration())
})
