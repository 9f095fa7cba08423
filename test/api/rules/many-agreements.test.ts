import { describe, it } from 'vitest'
import {
  createExplainedWorld,
  disagreements,
  generateCases,
} from '../../support/explained-cases.ts'

describe('the rule explainer', () => {
  it.for([2, 3, 4])(
    'explains what a request receives, for 200 requests generated from seed %i',
    async (seed, { expect }) => {
      const world = await createExplainedWorld()

      for (const each of generateCases(40, seed)) {
        expect(await disagreements(world, each)).toEqual([])
      }
    },
  )
})
