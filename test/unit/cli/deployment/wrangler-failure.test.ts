import { describe, it } from 'vitest'
import { notSignedIn, wranglerFailure } from '#cli/deployment/wrangler-failure.ts'

describe('the output of a failed wrangler', () => {
  it('is reported unchanged', ({ expect }) => {
    expect(wranglerFailure('✘ [ERROR] no such table: x\n\n')).toBe('✘ [ERROR] no such table: x')
  })

  it('is reported without the JSON around it', ({ expect }) => {
    const output = JSON.stringify({ error: { text: 'no such table: x: SQLITE_ERROR', notes: [] } })

    expect(wranglerFailure(output)).toBe('no such table: x: SQLITE_ERROR')
  })

  it('becomes advice if wrangler is not signed in', ({ expect }) => {
    const text = "it's necessary to set a CLOUDFLARE_API_TOKEN environment variable"

    expect(wranglerFailure(JSON.stringify({ error: { text } }))).toBe(notSignedIn)
    expect(wranglerFailure(text)).toBe(notSignedIn)
  })
})
