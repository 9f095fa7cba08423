import { describe, it } from 'vitest'
import { routeConflicts } from '#extension/route-conflicts.ts'

const own = [
  { method: 'ALL', path: '/*' },
  { method: 'GET', path: '/api/collections/:collection' },
  { method: 'GET', path: '/api/health' },
  { method: 'GET', path: '/_/*' },
]

describe('routes of an application', () => {
  it.for([
    { name: 'the same path', method: 'GET', path: '/api/health' },
    { name: 'a literal that a parameter covers', method: 'GET', path: '/api/collections/posts' },
    { name: 'another name of a parameter', method: 'GET', path: '/api/collections/:name' },
    { name: 'a path below a wildcard', method: 'GET', path: '/_/admin/:page' },
    { name: 'a middleware for one of the paths', method: 'ALL', path: '/api/health' },
  ])('collide: $name', ({ method, path }, { expect }) => {
    expect(routeConflicts(own, [{ method, path }])).toHaveLength(1)
  })

  it.for([
    { name: 'another path', method: 'GET', path: '/api/quote/:id' },
    { name: 'another method', method: 'POST', path: '/api/health' },
    { name: 'a parameter that also matches others', method: 'GET', path: '/api/:page' },
    { name: 'an optional parameter', method: 'GET', path: '/api/collections/:name?' },
    { name: 'a fallback', method: 'GET', path: '*' },
    { name: 'a middleware for everything', method: 'ALL', path: '/*' },
  ])('stand beside Arete’s: $name', ({ method, path }, { expect }) => {
    expect(routeConflicts(own, [{ method, path }])).toEqual([])
  })
})
