import { describe, it } from 'vitest'
import type { LogEntry } from '#logs/log-entry.ts'
import { requestEntry } from '#logs/request-entry.ts'

function entryOf(text: string, failure?: { message: string; details: unknown }): LogEntry {
  const request = {
    method: 'GET',
    address: `/api/health?${encodeURI(text)}`,
    status: 200,
    milliseconds: 1,
    remoteIP: '',
    userIP: '',
    referer: text,
    userAgent: text,
    caller: undefined,
    refusal: failure && { ...failure, rule: undefined },
    requestId: 'r1',
    route: '/api/health',
    colo: '',
    country: '',
    use: undefined,
  }
  return requestEntry(request, { logIP: false, logAuthId: false }, new Date())
}

describe('the strings in an entry that clients choose', () => {
  it('are cut off', ({ expect }) => {
    const { message, data } = entryOf('x'.repeat(5000))

    expect(String(data['url'])).toHaveLength(3000)
    expect(message).toHaveLength(3004)
    expect(String(data['referer'])).toHaveLength(2000)
    expect(String(data['userAgent'])).toHaveLength(2000)
  })

  // A lone surrogate is no text, and no database stores it.
  it('are valid text, wherever they are cut', ({ expect }) => {
    for (const before of ['', 'x']) {
      const entry = entryOf(before + '😀'.repeat(2500), {
        message: 'Failed.',
        details: { name: before + '😀'.repeat(2500) },
      })

      const texts = [entry.message, ...Object.values(entry.data).map(String)]
      expect(texts.filter((text) => !text.isWellFormed())).toEqual([])
    }
  })

  it('contain no part of a token that was cut off', ({ expect }) => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IngifQ.c2lnbmF0dXJl'

    for (let length = 1930; length < 2000; length++) {
      const { data } = entryOf(`${'x'.repeat(length)} ${token}`)
      expect(data['userAgent']).not.toContain('eyJpZCI6')
    }
  })
})

describe('the error of a request', () => {
  it('is logged without another program’s message', ({ expect }) => {
    const message = 'Failed to execute query. Raw error:\nno such column: secret\nat secret.'

    const { data } = entryOf('', { message, details: {} })

    expect(data['error']).toBe('Failed to execute query. Raw error: ***')
  })
})
