import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { describe, it, vi } from 'vitest'
import type { AppEnv } from '#http/app-env.ts'
import { onError, answerNotFound, errorEnvelope } from '#http/error-response.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'

function throwing(error: unknown): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/', () => {
      throw error
    })
    .notFound(answerNotFound)
    .onError(onError)
}

const spec = { code: 'x', status: 400, message: 'x' } as const

describe('an error envelope', () => {
  it('has its keys in order, and nested objects in alphabetical order', ({ expect }) => {
    const range = { code: 'c', message: 'between {min}', params: { min: 1, max: 2 } }
    const error = new ApiError(spec, { issues: { z: range, a: { '1': range } } })

    const leaf = '{"code":"c","message":"Between {min}.","params":{"max":2,"min":1}}'
    expect(JSON.stringify(errorEnvelope(error))).toBe(
      `{"data":{"a":{"1":${leaf}},"z":${leaf}},"message":"X.","status":400}`,
    )
  })

  it.for([
    ['no such thing', 'No such thing.'],
    ['Really?', 'Really?'],
    [' done! ', 'Done!'],
    ['', ''],
    ['éa', 'Éa.'],
  ] as const)('makes a sentence of %j', ([message, sentence], { expect }) => {
    expect(errorEnvelope(new ApiError(spec, { message })).message).toBe(sentence)
  })

  it('contains the response of a request in a batch', ({ expect }) => {
    const issue = { code: 'c', message: 'm.', response: { data: {}, message: 'M.', status: 404 } }

    expect(errorEnvelope(new ApiError(spec, { issues: { a: issue } })).data).toEqual({
      a: { code: 'c', message: 'M.', response: issue.response },
    })
  })
})

describe('an error response', () => {
  it.for([
    [new HTTPException(400, { message: 'Malformed JSON' }), 400, commonErrors.badRequest.message],
    [new HTTPException(413), 413, commonErrors.bodyTooLarge.message],
    [new ApiError(commonErrors.forbidden), 403, commonErrors.forbidden.message],
  ] as const)('%s says what it says', async ([error, status, message], { expect }) => {
    const response = await throwing(error).request('/')

    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ data: {}, message, status })
  })

  it('has a Retry-After header', async ({ expect }) => {
    const error = new ApiError(commonErrors.tooManyRequests, { retryAfterSeconds: 7 })

    const response = await throwing(error).request('/')

    expect(response.headers.get('Retry-After')).toBe('7')
  })

  it.for([
    ['GET', 'File not found.'],
    ['HEAD', ''],
    ['POST', "The requested resource wasn't found."],
    ['DELETE', "The requested resource wasn't found."],
  ] as const)('to %s of an unknown path is a 404', async ([method, message], { expect }) => {
    const response = await throwing(undefined).request('/nowhere', { method })

    expect(response.status).toBe(404)
    expect(await response.text()).toBe(
      message === '' ? '' : JSON.stringify({ data: {}, message, status: 404 }),
    )
  })

  // The parameters of a query are personal data.
  it('to a defect has no details, and its log no query parameters', async ({ expect }) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const cause = new Error('D1_ERROR: no such column: x')
    const defect = new Error('Failed query: SELECT ?\nparams: secret@example.com', { cause })

    const response = await throwing(defect).request('/')

    expect(response.status).toBe(500)
    expect(await response.text()).not.toMatch(/secret|D1_ERROR|SELECT/)
    expect(JSON.stringify(log.mock.calls)).toContain('no such column')
    expect(JSON.stringify(log.mock.calls)).not.toContain('secret')
    log.mockRestore()
  })
})
