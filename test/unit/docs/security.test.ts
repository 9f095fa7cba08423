import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'vitest'
import type { AuthOptions } from '#catalog/definition.ts'
import { defaultAuthOptions } from '#catalog/scaffolds.ts'
import { systemCollections } from '#catalog/system-collections.ts'
import {
  type Capacity,
  codeCapacity,
  mailCapacity,
  secretCapacity,
} from '#limits/account-limits.ts'
import { budget } from '#kernel/budget.ts'
import { defaultSettings } from '#settings/defaults.ts'
import { guestSearches, guestSignUps } from '#limits/guest-limits.ts'

const text = await readFile('docs/security.md', 'utf8')

/** The table rows of requirements: number, level, text, state, explanation. */
const requirements = text
  .split('\n')
  .filter((line) => /^\| [67]\.\d+\.\d+/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, number = '', level = '', , state = '', how = '']) => ({ number, level, state, how }))

/**
 * V6 and V7 of ASVS 5.0.0, levels 1 and 2: the sections with the last requirement of these levels.
 */
const sections = {
  '6.1': 3,
  '6.2': 12,
  '6.3': 4,
  '6.4': 4,
  '6.5': 5,
  '6.6': 3,
  '6.8': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 2,
  '7.6': 2,
}

/**
 * Formats a figure of the budget as the page does: bytes in binary units, counts with separators.
 */
function figureOf(name: string, value: number): string {
  if (!name.endsWith('Bytes')) return value.toLocaleString('en')
  return value < 2 ** 20 ? `${value / 2 ** 10} KiB` : `${value / 2 ** 20} MiB`
}

describe('the page on security', () => {
  it('lists every requirement once, in order', ({ expect }) => {
    const numbers = Object.entries(sections).flatMap(([section, last]) =>
      Array.from({ length: last }, (_, index) => `${section}.${index + 1}`),
    )

    expect(requirements.map(({ number }) => number)).toEqual(numbers)
  })

  it.for(requirements)('states the status of $number', ({ level, state, how }, { expect }) => {
    const isShown = /`test\/[\w/.-]+`/.test(how) || /there is nothing to test/i.test(how)

    expect(level).toMatch(/^[12]$/)
    expect(state).toMatch(/^(?:met|partly|open|n\/a)$/)
    expect(how).not.toBe('')
    if (state === 'met') expect(isShown).toBe(true)
  })

  it('names tests and sources that exist', ({ expect }) => {
    const named = [...text.matchAll(/`((?:test|src)\/[\w/.-]+)`/g)].map(([, path = '']) => path)

    expect(named).not.toHaveLength(0)
    expect(named.filter((path) => !existsSync(path))).toEqual([])
  })

  it.for(Object.entries(budget))(
    'lists $0 of the budget of a request',
    ([name, value], { expect }) => {
      const row = text.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? ''
      const [, , figure = ''] = row.split('|')

      expect(figure.trim()).toBe(figureOf(name, value))
    },
  )

  it('has the same figures as the code', ({ expect }) => {
    const minute = 60
    const day = 24 * 60 * minute
    const { rules } = defaultSettings.rateLimits
    const { authToken, otp, mfa, passwordResetToken } = defaultAuthOptions(() => '')
    const [superusers] = systemCollections.filter(({ name }) => name === '_superusers')
    const ownToken = (superusers?.options as AuthOptions | undefined)?.authToken
    const [perMinute] = rules
    const words = text.replaceAll(/\s+/g, ' ')
    const rowOf = (what: string, { network, anywhere }: Capacity): RegExp =>
      new RegExp(`\\| ${what}[^|]*\\| ${network} +\\| ${anywhere} +\\|`)

    expect(rules.map(({ label }) => label).filter((label) => !text.includes(label))).toEqual([])
    expect(
      new Set(rules.map(({ duration, maxRequests }) => `${duration},${maxRequests}`)).size,
    ).toBe(1)
    expect(perMinute?.duration).toBe(minute)
    expect(words).toContain(`${perMinute?.maxRequests} requests a minute`)
    expect(words).toContain(
      `${authToken.duration / day} days, ${(ownToken?.duration ?? 0) / day} day for superusers`,
    )
    expect(words).toContain(
      `a mailed code of ${otp.length} digits, valid once for ${otp.duration / minute} minutes`,
    )
    expect(words).toContain(
      `a second, different one of these within ${mfa.duration / minute} minutes`,
    )
    expect(words).toContain(`valid once for ${passwordResetToken.duration / minute} minutes`)
    expect(words).toContain(
      `${guestSearches.maxRequests} lists with a filter in ${guestSearches.duration} seconds, and create ${guestSignUps.maxRequests} accounts in a minute`,
    )
    expect(guestSignUps.duration).toBe(minute)
    expect(text).toMatch(rowOf('a password', secretCapacity))
    expect(text).toMatch(rowOf('a one-time code', codeCapacity))
    expect(text).toMatch(rowOf('a mail', mailCapacity))
  })
})
