import { it } from 'vitest'
import {
  createExplainedWorld,
  disagreements,
  generateCases,
} from '../../support/explained-cases.ts'

it('explains what a request receives, for some generated rules', async ({ expect }) => {
  const world = await createExplainedWorld()

  for (const each of generateCases(8, 1)) expect(await disagreements(world, each)).toEqual([])
})
