import { readFileSync } from 'node:fs'
import { describe, it } from 'vitest'
import { errorListFile, renderErrorList } from '../../../scripts/error-list.ts'

describe('docs/errors.md', () => {
  it('matches the catalogues; after a change run npm run docs:errors', async ({ expect }) => {
    expect(readFileSync(errorListFile, 'utf8')).toBe(await renderErrorList())
  })

  it('has unique codes, so that a code identifies its error', async ({ expect }) => {
    const list = await renderErrorList()

    const codes = [...list.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code)

    expect(codes).toEqual([...new Set(codes)])
    expect(codes.length).toBeGreaterThan(0)
  })
})
