import { describe, it } from 'vitest'
import {
  dependentViews,
  inDependencyOrder,
  type ViewDefinition,
} from '#collections/views/view-dependencies.ts'

function view(name: string, ...sources: readonly string[]): ViewDefinition {
  return {
    id: name,
    name,
    type: 'view',
    system: false,
    listRule: null,
    viewRule: null,
    createRule: null,
    updateRule: null,
    deleteRule: null,
    fields: [],
    indexes: [],
    created: '',
    updated: '',
    options: { viewQuery: `SELECT ${sources[0]}.id FROM ${sources.join(', ')}` },
  }
}

const names = (views: readonly ViewDefinition[]) => views.map(({ name }) => name)

describe('dependentViews', () => {
  it('finds views that read a table through others, in any order and case', ({ expect }) => {
    const views = [view('c', 'B'), view('other', 'users'), view('b', 'A'), view('a', 'Posts')]

    expect(names(dependentViews(['posts'], views))).toEqual(['c', 'b', 'a'])
  })
})

describe('inDependencyOrder', () => {
  it('puts each view after those it reads', ({ expect }) => {
    const views = [view('d', 'c', 'A'), view('c', 'b'), view('b', 'a'), view('a', 'posts')]

    expect(names(inDependencyOrder(views))).toEqual(['a', 'b', 'c', 'd'])
  })

  it('terminates for circular views', ({ expect }) => {
    const views = [view('a', 'b'), view('b', 'a')]

    expect(names(inDependencyOrder(views)).toSorted()).toEqual(['a', 'b'])
  })
})
