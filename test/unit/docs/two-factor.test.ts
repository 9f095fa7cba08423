import { readFile } from 'node:fs/promises'
import { it } from 'vitest'

it('the guide to two factors shows the code that a test runs', async ({ expect }) => {
  const guide = await readFile('docs/two-factor.md', 'utf8')
  const code = await readFile('test/support/two-factor-guide.ts', 'utf8')

  const blocks = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block = '']) => block.trim())

  expect(blocks.length).toBeGreaterThan(4)
  expect(blocks.filter((block) => !code.includes(block))).toEqual([])
})
