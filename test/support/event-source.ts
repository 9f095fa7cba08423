import { EventSource } from 'eventsource'
import { vi } from 'vitest'
import type { TestApp } from './test-app.ts'

/** Provides an `EventSource` like that of browsers, for streams of an app. */
export function provideEventSource(app: TestApp): void {
  vi.stubGlobal(
    'EventSource',
    class extends EventSource {
      constructor(url: string | URL) {
        super(url, { fetch: (input, init) => app.fetch(String(input), init) })
      }
    },
  )
}
