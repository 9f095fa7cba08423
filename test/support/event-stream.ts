import type { Answer, TestApp } from './test-app.ts'

/** A received message. */
export interface StreamEvent {
  readonly id: string
  readonly event: string
  readonly data: unknown
}

/** A client of realtime. */
export interface StreamClient {
  readonly id: string
  /** The received events, without the first one. */
  readonly events: readonly StreamEvent[]
  /** Everything that was received, as text. */
  readonly text: () => string
  readonly isEnded: () => boolean
  /** Sets the subscriptions. */
  subscribe(subscriptions: readonly string[], token?: string): Promise<Answer>
  /** Resolves when this number of events has arrived; rejects if they do not arrive. */
  received(count: number): Promise<readonly StreamEvent[]>
  close(): Promise<void>
}

/** Opens a stream at an address. */
export async function openStream(app: TestApp, ip?: string): Promise<StreamClient> {
  const headers: Record<string, string> = ip === undefined ? {} : { 'CF-Connecting-IP': ip }
  const response = await app.fetch('http://127.0.0.1:8787/api/realtime', { headers })
  if (response.body === null) throw new Error('There is no stream.')
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  const events: StreamEvent[] = []
  let text = ''
  let isEnded = false
  let wake = (): void => {}

  const reading = (async () => {
    let rest = ''
    for (;;) {
      const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }))
      if (done || value === undefined) break
      text += value
      rest += value
      const frames = rest.split('\n\n')
      rest = frames.pop() ?? ''
      events.push(...frames.flatMap(readFrame))
      wake()
    }
    isEnded = true
    wake()
  })()

  async function until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 10_000
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`Only this came: ${JSON.stringify(events)}`)
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, 200)
      })
    }
  }

  await until(() => events.length > 0)
  const [first] = events.splice(0, 1)
  const id = first?.id ?? ''
  return {
    id,
    events,
    text: () => text,
    isEnded: () => isEnded,
    subscribe: (subscriptions, token) =>
      app.post('/api/realtime', { clientId: id, subscriptions }, { headers, token }),
    received: async (count) => {
      await until(() => events.length >= count)
      return events
    },
    close: async () => {
      await reader.cancel().catch(() => undefined)
      await reading
    },
  }
}

function readFrame(frame: string): StreamEvent[] {
  const fields = new Map(
    frame.split('\n').map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at), line.slice(at + 1)] as const
    }),
  )
  const data = fields.get('data')
  if (data === undefined) return []
  return [{ id: fields.get('id') ?? '', event: fields.get('event') ?? '', data: JSON.parse(data) }]
}
