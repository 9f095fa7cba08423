import { sql } from 'drizzle-orm'
import { describe, it } from 'vitest'
import { PlanCache } from '#database/plan-cache.ts'

describe('a cache of plans', () => {
  it('drops the plans that were not used for the longest time', ({ expect }) => {
    const cache = new PlanCache()
    const compiled: number[] = []
    const use = (shape: number): void => {
      cache.statements(['select', shape], shape, (input) => {
        compiled.push(shape)
        return [sql`SELECT ${input.open((value) => value).sql}`]
      })
    }

    for (let shape = 0; shape < 2000; shape++) {
      use(shape)
      use(0)
    }
    use(1999)
    use(1)

    expect(compiled.filter((shape) => shape === 0)).toHaveLength(1)
    expect(compiled.filter((shape) => shape === 1999)).toHaveLength(1)
    expect(compiled.filter((shape) => shape === 1)).toHaveLength(2)
  })
})
