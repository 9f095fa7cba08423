import { describe, it } from 'vitest'
import { ApiError } from '#kernel/errors.ts'
import type { Database, KeyValueStore } from '#platform/bindings.ts'
import {
  guardBackups,
  guardBucket,
  guardDatabase,
  guardImages,
  guardKeyValueStore,
} from '#platform/outages.ts'

/** A service whose calls all fail. */
function failing(error: unknown): never {
  const fail = async (): Promise<never> => {
    // oxlint-disable-next-line typescript/only-throw-error -- a service may throw anything
    throw error
  }
  return new Proxy({}, { get: () => fail }) as never
}

/** The failure of a call through a guard: `outage`, or the error itself. */
async function failureOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  return error instanceof ApiError && error.status === 503 ? 'outage' : error
}

const d1 = (error: unknown) => guardDatabase<Database>(failing(error)).batch([])
const kv = (error: unknown) => guardKeyValueStore(failing(error)).get('x')
const r2 = (error: unknown) => guardBucket(failing(error)).head('x')
const object = (error: unknown) => guardBackups(failing(error)).current()
const images = (error: unknown) => guardImages(failing(error)).measure(new ReadableStream())

const lost = 'Network connection lost.'

describe('a call to a service', () => {
  it.for([
    ['D1', d1, new Error(`D1_ERROR: ${lost}`)],
    ['D1', d1, new Error('D1_ERROR: D1 DB is overloaded. Too many requests queued.')],
    [
      'D1',
      d1,
      new Error(
        'D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.',
      ),
    ],
    [
      'D1',
      d1,
      new Error(
        'D1_ERROR: Internal error while starting up D1 DB storage caused object to be reset.',
      ),
    ],
    ['D1', d1, new Error('internal error; reference = abcdef')],
    ['D1', d1, new Error('D1_ERROR: database is locked: SQLITE_BUSY')],
    ['D1', d1, new Error('D1_ERROR: disk I/O error: SQLITE_IOERR (extended: SQLITE_IOERR_READ)')],
    ['D1', d1, new Error('D1_ERROR: database or disk is full: SQLITE_FULL')],
    ['KV', kv, new Error('KV GET failed: 500 Internal Server Error')],
    ['KV', kv, new Error('KV GET failed: 429 Too Many Requests')],
    ['KV', kv, new Error(lost)],
    ['R2', r2, new Error('head: We encountered an internal error. Please try again. (10001)')],
    ['R2', r2, new Error('put: Reduce your concurrent request rate for the same object. (10058)')],
    ['R2', r2, new Error('get: Unspecified error (0)')],
    ['R2', r2, new Error(lost)],
    [
      'an object',
      object,
      Object.assign(new Error('overloaded'), { overloaded: true, remote: true }),
    ],
    ['an object', object, Object.assign(new Error('reset'), { retryable: true })],
    ['an object', object, new Error('Durable Object reset because its code was updated.')],
    ['an object', object, Object.assign(new Error(`D1_ERROR: ${lost}`), { remote: true })],
    ['Images', images, Object.assign(new Error('could not be transformed'), { code: 9523 })],
    ['Images', images, new Error('IMAGES_TRANSFORM_ERROR 9510: origin could not be contacted')],
    ['Images', images, new Error(lost)],
  ] as const)('fails by an outage: %s, %s', async ([, call, error], { expect }) => {
    expect(await failureOf(call(error))).toBe('outage')
  })

  it.for([
    ['D1', d1, new Error('D1_ERROR: near "FORM": syntax error at offset 9: SQLITE_ERROR')],
    ['D1', d1, new Error('D1_ERROR: UNIQUE constraint failed: a.b: SQLITE_CONSTRAINT')],
    [
      'D1',
      d1,
      new Error(
        'D1_ERROR: arete:too-many:client:5: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)',
      ),
    ],
    // A guard's text repeats names that an administrator chose.
    [
      'D1',
      d1,
      new Error('D1_ERROR: SQLITE_BUSY: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)'),
    ],
    ['D1', d1, new Error('D1_ERROR: string or blob too big: SQLITE_TOOBIG')],
    // The message repeats the text of a superuser.
    ['D1', d1, new Error('D1_ERROR: no such column: overloaded: SQLITE_ERROR')],
    ['D1', d1, new Error('D1_ERROR: Exceeded maximum DB size')],
    ['D1', d1, new Error("D1_TYPE_ERROR: Type 'symbol' not supported for value 'Symbol()'")],
    ['D1', d1, new Error('D1_ERROR: Wrong number of parameter bindings for SQL query.')],
    ['D1', d1, new TypeError('x is not a function')],
    [
      'KV',
      kv,
      new Error('KV GET failed: 414 UTF-8 encoded length of 600 exceeds key length limit'),
    ],
    ['KV', kv, new Error('KV PUT failed: 400 Invalid expiration of 5')],
    ['R2', r2, new Error('get: The requested range is not satisfiable (10039)')],
    [
      'R2',
      r2,
      new Error('put: Your proposed upload exceeds the maximum allowed object size. (10012)'),
    ],
    ['R2', r2, new TypeError('Provided readable stream must have a known length')],
    ['an object', object, Object.assign(new Error('boom'), { remote: true })],
    ['an object', object, Object.assign(new Error('D1_ERROR: x: SQLITE_ERROR'), { remote: true })],
    ['an object', object, new TypeError('The RPC receiver does not implement the method "x".')],
    ['Images', images, Object.assign(new Error('not an image'), { code: 9412 })],
    ['Images', images, new Error('IMAGES_INFO_ERROR 9520: unsupported format')],
    ['Images', images, new Error('Input buffer contains unsupported image format')],
    [
      'Images',
      images,
      Object.assign(
        new Error('Unexpected error response 500: Error: Input buffer has corrupt header: '),
        { code: 9523 },
      ),
    ],
    ['any', r2, new ApiError({ code: 'body_too_large', status: 413, message: 'x' })],
    ['any', d1, 'a text that was thrown'],
  ] as const)(
    'fails by a defect, which stays what it is: %s, %s',
    async ([, call, error], { expect }) => {
      expect(await failureOf(call(error))).toBe(error)
    },
  )

  it('returns what the service returns', async ({ expect }) => {
    const store = { get: async (key: string) => `${key}!` } as unknown as KeyValueStore

    expect(await guardKeyValueStore(store).get('x')).toBe('x!')
  })
})
