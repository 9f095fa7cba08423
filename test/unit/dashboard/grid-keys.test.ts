import { describe, it } from 'vitest'
import { nextPosition } from '#dashboard/ui/grid/grid-keys.ts'

const size = { rows: 50, columns: 5, page: 10 }
const plain = { ctrlKey: false, metaKey: false, altKey: false }

describe('a key in a grid', () => {
  it.for([
    ['ArrowDown', { row: 3, column: 2 }, { row: 4, column: 2 }],
    ['ArrowUp', { row: 0, column: 2 }, { row: -1, column: 2 }],
    ['ArrowUp', { row: -1, column: 2 }, { row: -1, column: 2 }],
    ['ArrowDown', { row: 49, column: 2 }, { row: 49, column: 2 }],
    ['ArrowRight', { row: 3, column: 4 }, { row: 3, column: 4 }],
    ['ArrowLeft', { row: 3, column: 0 }, { row: 3, column: 0 }],
    ['Home', { row: 3, column: 3 }, { row: 3, column: 0 }],
    ['End', { row: 3, column: 1 }, { row: 3, column: 4 }],
    ['PageDown', { row: 3, column: 1 }, { row: 13, column: 1 }],
    ['PageUp', { row: 3, column: 1 }, { row: 0, column: 1 }],
    ['PageDown', { row: 45, column: 1 }, { row: 49, column: 1 }],
  ] as const)('%s leads from %o to %o', ([key, from, to], { expect }) => {
    expect(nextPosition({ ...plain, key }, from, size)).toEqual(to)
  })

  it('leads to a corner with Ctrl', ({ expect }) => {
    const ctrl = { ...plain, ctrlKey: true }

    expect(nextPosition({ ...ctrl, key: 'Home' }, { row: 9, column: 3 }, size)).toEqual({
      row: 0,
      column: 0,
    })
    expect(nextPosition({ ...ctrl, key: 'End' }, { row: 9, column: 3 }, size)).toEqual({
      row: 49,
      column: 4,
    })
  })

  it.for([
    { ...plain, key: 'a' },
    { ...plain, key: 'ArrowDown', altKey: true },
    { ...plain, key: 'ArrowDown', metaKey: true },
    { ...plain, key: 'Enter' },
  ])('%o leads nowhere', (key, { expect }) => {
    expect(nextPosition(key, { row: 1, column: 1 }, size)).toBeUndefined()
  })
})
