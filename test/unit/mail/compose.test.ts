import { describe, it } from 'vitest'
import { composeMail } from '#mail/compose.ts'
import type { Placeholders } from '#mail/placeholders.ts'
import type { OutgoingMail } from '#platform/mailer.ts'
import { defaultSettings } from '#settings/defaults.ts'

const settings = {
  ...defaultSettings,
  meta: { ...defaultSettings.meta, appName: 'Tom & "Co"', appURL: 'https://example.com/' },
}

const fields = new Map([
  ['name', { hidden: false }],
  ['count', { hidden: false }],
  ['verified', { hidden: false }],
  ['tags', { hidden: false }],
  ['tokenKey', { hidden: true }],
])

function record(values: Readonly<Record<string, unknown>>): Placeholders {
  const collection = { field: (name: string) => fields.get(name) }
  return { record: { collection, values } } as Placeholders
}

function compose(
  template: { subject?: string; body?: string },
  values: Placeholders = {},
): OutgoingMail {
  const filled = { subject: 'Hello', body: '<p>Hello</p>', ...template }
  return composeMail(settings, filled, values, { name: '', address: 'ada@example.com' })
}

describe('a composed mail', () => {
  it('has the sender of the settings and a unique id', ({ expect }) => {
    const [mail, other] = [compose({}), compose({})]

    expect(mail).toMatchObject({
      from: { name: 'Support', address: 'support@example.com' },
      to: [{ name: '', address: 'ada@example.com' }],
    })
    expect(mail.id).toMatch(/^[A-Za-z0-9]{30}$/)
    expect(mail.id).not.toBe(other.id)
  })

  it('has its placeholders filled in subject and body', ({ expect }) => {
    const { subject, text } = compose(
      { subject: '{APP_NAME} {OTP}', body: '{APP_URL}/x {TOKEN} {OTP} {OTP_ID} {ALERT_INFO}' },
      { token: 'a.b.c', otp: '1234', otpId: 'id1', alertInfo: 'now - here' },
    )

    expect(subject).toBe('Tom & "Co" 1234')
    expect(text).toBe('https://example.com/x a.b.c 1234 id1 now - here\n')
  })

  it('escapes the values of placeholders in HTML, and only there', ({ expect }) => {
    const attack = `<img src=x onerror="alert('1')"> & co`
    const { subject, html, text } = compose(
      { subject: '{RECORD:name}', body: '<a title="{RECORD:name}">{RECORD:name}</a> {APP_NAME}' },
      record({ name: attack }),
    )

    expect(subject).toBe(attack)
    expect(html).not.toContain('<img')
    expect(html).toContain('Tom &amp; &#34;Co&#34;')
    expect(text).toBe(`${attack} Tom & "Co"\n`)
  })

  it('does not change unknown placeholders', ({ expect }) => {
    const { text } = compose(
      { body: '{TOKEN} {OTHER} {RECORD:none} {RECORD:tokenKey} {record:name}' },
      record({ tokenKey: 'k' }),
    )

    expect(text).toBe('{TOKEN} {OTHER} {RECORD:none} {RECORD:tokenKey} {record:name}\n')
  })

  it('formats the values of a record as strings', ({ expect }) => {
    const { text } = compose(
      { body: '[{RECORD:name}][{RECORD:count}][{RECORD:verified}][{RECORD:tags}]' },
      record({ count: 1.5, verified: true, tags: ['a', 'b'] }),
    )

    expect(text).toBe('[][1.5][true][]\n')
  })

  // A name such as `{TOKEN}` would put the token where it does not belong.
  it('does not fill placeholders in the values of placeholders', ({ expect }) => {
    const { text } = compose(
      { body: '{RECORD:name}' },
      { ...record({ name: '{TOKEN}' }), token: 't' },
    )

    expect(text).toBe('{TOKEN}\n')
  })

  it('has a subject of one line', ({ expect }) => {
    const { subject } = compose({ subject: ' {RECORD:name}\n' }, record({ name: 'a\r\nBcc: b' }))

    expect(subject).toBe('a Bcc: b')
  })

  it('loads nothing and follows the reader’s colour scheme', ({ expect }) => {
    const { html } = compose({ body: '<p>Hello</p>' })

    expect(html).toContain('<main><p>Hello</p></main>')
    expect(html).toContain('<title>Hello</title>')
    expect(html).toContain('prefers-color-scheme: dark')
    expect(html).not.toMatch(/<(?:link|img|script)|url\(|@import|https?:/)
  })
})
