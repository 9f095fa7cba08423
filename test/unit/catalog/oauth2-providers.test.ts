import { parseDocument } from 'htmlparser2'
import { describe, it } from 'vitest'
import { oauth2Providers } from '#catalog/oauth2-providers.ts'

type Node = ReturnType<typeof parseDocument>['children'][number]

const elements = ['svg', 'g', 'path', 'rect', 'circle']
const attributes =
  /^(xmlns|width|height|viewBox|d|[xyr]|rx|c[xy]|fill|stroke|stroke-width|stroke-linecap)$/
const values =
  /^(?:http:\/\/www\.w3\.org\/2000\/svg|none|round|currentColor|#[0-9a-f]{3,6}|[\d.\s,a-zA-Z-]+)$/

/** Parts of an SVG image other than shapes. */
function strangersIn(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => {
    if (!('attribs' in node)) return [`a ${node.type}`]
    const foreign = Object.entries(node.attribs).filter(
      ([name, value]) => !attributes.test(name) || !values.test(value),
    )
    return [
      ...(elements.includes(node.name) ? [] : [node.name]),
      ...foreign.map(([name, value]) => `${name}="${value}"`),
      ...strangersIn(node.children),
    ]
  })
}

describe('the logo of a provider', () => {
  it.for(oauth2Providers)('$name is a small image of shapes only', ({ logo }, { expect }) => {
    const { children } = parseDocument(logo, { xmlMode: true })

    expect(children).toHaveLength(1)
    expect(logo).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*viewBox="0 0 24 24">/)
    expect(strangersIn(children)).toEqual([])
    expect(logo.length).toBeLessThan(2000)
  })

  it('is unique, except for OpenID Connect', ({ expect }) => {
    const logos = oauth2Providers.filter(({ name }) => !/^oidc\d$/.test(name)).map((p) => p.logo)

    expect(new Set(logos).size).toBe(logos.length)
  })
})
