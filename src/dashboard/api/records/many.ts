/** The outcome of a request for each of many items. */
export interface ManyReport<Item, Result> {
  readonly done: readonly { readonly item: Item; readonly result: Result }[]
  readonly refused: ReadonlyMap<Item, unknown>
}

interface ManyOptions {
  /** Called after each request with the number of finished ones. */
  readonly onProgress?: (finished: number) => void
  /** When aborted, no further request is sent; items without one are in neither list. */
  readonly signal?: AbortSignal
}

const atOnce = 4

/** Sends a request for each item, four at a time. A refusal does not stop the others. */
export async function forMany<Item, Result>(
  items: readonly Item[],
  send: (item: Item) => Promise<Result>,
  { onProgress, signal }: ManyOptions = {},
): Promise<ManyReport<Item, Result>> {
  const done: { item: Item; result: Result }[] = []
  const refused = new Map<Item, unknown>()
  const waiting = items.values()
  const work = async (): Promise<void> => {
    for (const item of waiting) {
      if (signal?.aborted === true) return
      try {
        done.push({ item, result: await send(item) })
      } catch (error) {
        refused.set(item, error)
      }
      onProgress?.(done.length + refused.size)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { done, refused }
}
