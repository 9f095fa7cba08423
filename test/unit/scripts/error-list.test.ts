import { readFileSync } from 'node:fs'
import { describe, it } from 'vitest'
import { errorListFile, renderErrorList } from '../../../scripts/error-list.ts'

describe('docs/errors.md', () => {
  it('is what the catalogues say; after a change of one: npm run docs:errors', async ({
    expect,
  }) => {
    expect(readFileSync(errorListFile, 'utf8')).toBe(await renderErrorList())
  })

  it('names no code twice, so that a code tells where a refusal comes from', async ({ expect }) => {
    const list = await renderErrorList()

    const codes = [...list.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code)

    expect(codes).toEqual([...new Set(codes)])
    expect(codes.length).toBeGreaterThan(0)
  })
})
