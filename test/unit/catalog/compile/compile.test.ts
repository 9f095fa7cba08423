import { describe, it } from 'vitest'
import { compileCollections } from '#catalog/compile/compile.ts'
import { blankDefinition } from '#collections/complete-definition.ts'

function collection(name: string, id: string) {
  return { ...blankDefinition('base', name), id }
}

describe('a set of compiled collections', () => {
  it('finds a collection by its id, and by its name in any case', ({ expect }) => {
    const { find } = compileCollections([collection('Posts', 'pbc_1'), collection('tags', 'pbc_2')])

    expect(find('pbc_2')?.name).toBe('tags')
    expect(find('pOSTS')?.name).toBe('Posts')
    expect(find('PBC_2')).toBeUndefined()
  })

  // Otherwise a new collection could receive the requests for another one's name.
  it('finds the older collection if an id equals a name', ({ expect }) => {
    const { find } = compileCollections([collection('Taken', 'pbc_1'), collection('x', 'taken')])

    expect(find('taken')?.name).toBe('Taken')
    expect(find('x')?.id).toBe('taken')
  })
})
