import { describe, it } from 'vitest'
import { payloadPreview } from '#dashboard/webhooks/payload-preview.ts'
import { bodyOf, newWebhook } from '#dashboard/webhooks/webhook-value.ts'

const field = { system: false, required: false, presentable: false, hidden: false }
const collection = {
  id: 'c1',
  name: 'notes',
  fields: [
    { ...field, id: 'f1', name: 'title', type: 'text' },
    { ...field, id: 'f2', name: 'internal', type: 'text', hidden: true },
    { ...field, id: 'f3', name: 'count', type: 'number' },
  ],
}
const record = {
  id: 'r1',
  collectionId: 'c1',
  collectionName: 'notes',
  title: 'a',
  internal: 'secret',
  count: 2,
}

function dataOf(form: { readonly payload: string; readonly fields: readonly string[] }): unknown {
  const body = JSON.parse(payloadPreview(form, collection, record)) as { readonly data: unknown }
  return body.data
}

describe('the preview of a webhook', () => {
  it.for([
    {
      name: 'leaves hidden fields out',
      form: { payload: 'full', fields: [] },
      record: { id: 'r1', collectionId: 'c1', collectionName: 'notes', title: 'a', count: 2 },
    },
    {
      name: 'has the id and the chosen fields',
      form: { payload: 'full', fields: ['count', 'internal'] },
      record: { id: 'r1', count: 2 },
    },
    { name: 'has only the id', form: { payload: 'thin', fields: [] }, record: { id: 'r1' } },
  ])('$name', ({ form, record: shown }, { expect }) => {
    expect(dataOf(form)).toEqual({ collection: { id: 'c1', name: 'notes' }, record: shown })
  })

  it('is cut where the server cuts', ({ expect }) => {
    const long = { ...record, title: 'ä'.repeat(10_000) }
    const sent = (payload: string) => payloadPreview({ payload, fields: [] }, collection, long)

    expect(sent('full')).toContain('"truncated": true')
    expect(sent('full:64')).not.toContain('truncated')
  })
})

describe('the body of a webhook form', () => {
  it('leaves empty rows of headers out, and sends a timeout that is no number as 0', ({
    expect,
  }) => {
    const headers = [
      { name: ' X-Key ', value: 'a' },
      { name: '', value: '' },
    ]
    const body = bodyOf({
      ...newWebhook('notes'),
      url: ' https://a.example ',
      headers,
      timeout: 'x',
    })

    expect(body).toMatchObject({ url: 'https://a.example', headers: { 'X-Key': 'a' }, timeout: 0 })
  })
})
