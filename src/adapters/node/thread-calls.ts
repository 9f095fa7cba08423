import type { MessagePort } from 'node:worker_threads'

/** Functions that another thread may call, by name. Arguments and results are copied. */
export type Callable = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>

/** Calls a function of another thread. */
export type Call<Functions extends Callable> = <Name extends keyof Functions & string>(
  name: Name,
  ...args: Parameters<Functions[Name]>
) => Promise<Awaited<ReturnType<Functions[Name]>>>

/** A message between threads. */
type Message =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly args: never[] }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly message: string }

/**
 * An error that a function of another thread threw. Its mark is that of the errors of Durable Objects, by which
 * outages are told from defects.
 */
class ThreadError extends Error {
  override readonly name = 'ThreadError'
  readonly remote = true
}

/**
 * Serves calls that come over a port, and makes calls over it. A thread that ends without being told to ends
 * the process, so calls need no time limit.
 */
export function connectCalls<Theirs extends Callable>(
  port: MessagePort,
  own: Callable,
): Call<Theirs> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let lastId = 0

  async function answer(id: number, name: string, args: never[]): Promise<void> {
    try {
      const result = await own[name]?.(...args)
      port.postMessage({ kind: 'result', id, result } satisfies Message)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      port.postMessage({ kind: 'error', id, message } satisfies Message)
    }
  }

  port.on('message', (message: Message) => {
    if (message.kind === 'call') return void answer(message.id, message.name, message.args)
    const caller = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.kind === 'result') caller?.resolve(message.result)
    else caller?.reject(new ThreadError(message.message))
  })
  // A thread that has nothing else to do may end.
  port.unref()

  return async (name, ...args) => {
    const id = ++lastId
    const caller = Promise.withResolvers<unknown>()
    waiting.set(id, caller)
    port.postMessage({ kind: 'call', id, name, args } satisfies Message)
    return (await caller.promise) as never
  }
}
