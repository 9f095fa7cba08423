import { describe, it } from 'vitest'
import { screenOf } from '#dashboard/shell/screen-of.ts'

describe("an address of PocketBase's dashboard", () => {
  it.for([
    ['#/collections?collection=posts', 'c/posts'],
    ['#/collections?collection=posts&filter=a%3D1&sort=-b', 'c/posts?filter=a%3D1&sort=-b'],
    ['#/collections?collection=posts&record=abc', 'c/posts/abc'],
    ['#/collections', ''],
    ['#/logs?filter=x', 'logs'],
    ['#/settings/mail', 'settings/application'],
    ['#/../../api/health', ''],
    ['#//evil.example/collections?collection=posts', ''],
  ])('%s leads to the screen %s', ([hash = '', screen], { expect }) => {
    expect(screenOf(hash)).toBe(screen)
  })
})
