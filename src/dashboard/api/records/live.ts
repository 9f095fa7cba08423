import type { RecordSubscription } from 'pocketbase'
import { useEffect, useRef, useState } from 'react'
import { client } from '#dashboard/api/client.ts'

interface LiveOptions {
  readonly isOn: boolean
  readonly filter: string
  readonly expand: string
  readonly onEvent: (event: RecordSubscription) => void
}

/** The state of a subscription: a failed one gets no events. */
export type LiveState = 'off' | 'connecting' | 'on' | 'failed'

/** Follows the changes of a collection's records while it is on. */
export function useLiveRecords(
  collection: string,
  { isOn, filter, expand, onEvent }: LiveOptions,
): LiveState {
  const [reached, setReached] = useState<{ readonly key: string; readonly isOn: boolean }>()
  const latest = useRef(onEvent)
  useEffect(() => {
    latest.current = onEvent
  })
  const key = `${collection} ${expand} ${filter}`
  useEffect(() => {
    if (!isOn) return undefined
    const options = { expand, ...(filter === '' ? {} : { filter }) }
    const subscribed = client
      .collection(collection)
      .subscribe('*', (event) => latest.current(event), options)
    subscribed.then(
      () => setReached({ key, isOn: true }),
      () => setReached({ key, isOn: false }),
    )
    return () => {
      setReached(undefined)
      void subscribed.then(
        (unsubscribe) => unsubscribe(),
        () => undefined,
      )
    }
  }, [isOn, key])
  if (!isOn) return 'off'
  if (reached?.key !== key) return 'connecting'
  return reached.isOn ? 'on' : 'failed'
}
