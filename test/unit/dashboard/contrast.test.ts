import { readFileSync } from 'node:fs'
import { describe, it } from 'vitest'

const tokens = readFileSync(
  new URL('../../../src/dashboard/ui/tokens.css', import.meta.url),
  'utf8',
)

/** The colours of a block of tokens.css, by their names. */
function coloursOf(selector: string): Map<string, string> {
  const [, block = ''] = tokens.split(`${selector} {`)
  const found = block.split('}')[0]?.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g) ?? []
  return new Map([...found].map(([, name = '', value = '']) => [name, value]))
}

const light = coloursOf(':root')
const themes = { light, dark: new Map([...light, ...coloursOf("[data-theme='dark']")]) }

/** Text and what it stands on. */
const texts = [
  ...['text', 'muted', 'accent', 'danger'].flatMap((text) =>
    ['page', 'surface', 'hover', 'code'].map((ground) => [text, ground] as const),
  ),
  ['text', 'sunken'],
  ['muted', 'sunken'],
  ['text', 'selected'],
  ['muted', 'selected'],
  ['danger', 'danger-bg'],
  ['text', 'danger-bg'],
  ['warning', 'warning-bg'],
  ['text', 'warning-bg'],
  ['success', 'success-bg'],
  ['success', 'surface'],
  ['warning', 'surface'],
  ['accent', 'info-bg'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-danger', 'danger'],
  ['on-danger', 'danger-hover'],
] as const

/** Borders that show where a control is, and the ring of the focus. */
const lines = ['page', 'surface', 'sunken'].flatMap(
  (ground) =>
    [
      ['control', ground],
      ['accent', ground],
    ] as const,
)

describe.for(['light', 'dark'] as const)('in the %s theme', (theme) => {
  it.for(texts)('%s can be read on %s', ([text, ground], { expect }) => {
    expect(contrast(themes[theme], text, ground)).toBeGreaterThanOrEqual(4.5)
  })

  it.for(lines)('%s can be seen on %s', ([line, ground], { expect }) => {
    expect(contrast(themes[theme], line, ground)).toBeGreaterThanOrEqual(3)
  })
})

/** The ratio of WCAG 2.2. */
function contrast(colours: ReadonlyMap<string, string>, a: string, b: string): number {
  const [high = 0, low = 0] = [a, b]
    .map((name) => luminance(colours.get(name) ?? ''))
    .toSorted((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
