import { describe, it } from 'vitest'
import { areteVersion } from '#home/version.ts'
import { readVersion } from '#cli/version.ts'

describe('the version that the API states', () => {
  it('is the version of the package', async ({ expect }) => {
    expect(areteVersion).toBe(await readVersion())
  })
})
