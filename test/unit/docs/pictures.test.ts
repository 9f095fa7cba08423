import { globSync, readFileSync } from 'node:fs'
import { describe, it } from 'vitest'

const pages = ['README.md', ...globSync('docs/*.md')]

describe('the pictures of the dashboard', () => {
  it('are those that the documents show, in both themes', ({ expect }) => {
    const shown = pages.flatMap((page) =>
      [
        ...readFileSync(page, 'utf8').matchAll(/(?:src|srcset)="(?:docs\/)?pictures\/([^"]+)"/g),
      ].map(([, name = '']) => name),
    )

    const stored = globSync('docs/pictures/*.png').map((path) => path.replace(/^.*[\\/]/, ''))

    expect([...new Set(shown)].toSorted()).toEqual(stored.toSorted())
    expect(stored.filter((name) => name.endsWith('-dark.png'))).toHaveLength(stored.length / 2)
  })
})
