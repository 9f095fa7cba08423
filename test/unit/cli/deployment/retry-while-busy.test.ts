import { describe, it } from 'vitest'
import { retryWhileBusy } from '#cli/deployment/retry-while-busy.ts'
import { UsageError } from '#cli/terminal/usage.ts'

const busy = new Error('D1_ERROR: database is locked: SQLITE_BUSY')

/** Fails with each of the errors in turn, and then succeeds. */
function failing(...errors: readonly Error[]) {
  const left = [...errors]
  return async (): Promise<string> => {
    const error = left.shift()
    if (error !== undefined) throw error
    return 'done'
  }
}

const quick = { attempts: 3, pauseMilliseconds: 0 }

describe('an operation on the local database', () => {
  it('waits until another process releases it', async ({ expect }) => {
    expect(await retryWhileBusy(failing(busy, busy), quick)).toBe('done')
  })

  it('fails with the reason if it stays locked', async ({ expect }) => {
    const given = retryWhileBusy(failing(busy, busy, busy), quick)

    await expect(given).rejects.toThrow(UsageError)
    await expect(given).rejects.toThrow('Another process has locked the database.')
  })

  it('is not retried after other failures', async ({ expect }) => {
    const other = new Error('no such table: x: SQLITE_ERROR')

    await expect(retryWhileBusy(failing(other), quick)).rejects.toBe(other)
  })
})
