import type { Plan, Scope } from '#collections/transact.ts'
import type { GroupSights, RecordEvent } from '#platform/realtime.ts'
import { planEnded, planSights, snapshotSource } from '#records/sights.ts'
import { groupListeners, type Hub, type Listener } from './hub.ts'
import { createMessages, type Messages } from './messages.ts'

/** An event, who listens to it, who of them may hear of it, and what they are told. */
export interface Answer {
  readonly listeners: readonly Listener[]
  /** By the key of the group. */
  readonly sights: ReadonlyMap<string, GroupSights>
  /** Sessions that have ended: whoever had one is a guest. */
  readonly ended: ReadonlySet<string>
  readonly messages: Messages
}

/**
 * Plans the questions that events raise, of all who listen. Of removals they were answered before.
 *
 * Database: 1 batch, whatever the number of events and of listeners.
 */
export function planAnswers(
  scope: Scope,
  events: readonly RecordEvent[],
  hub: Hub,
): Plan<readonly Answer[]> {
  const heard = events.flatMap((event) => {
    const collection = scope.catalog.collections.find(event.collectionId)
    if (collection === undefined) return []
    const listeners = hub.listenersTo(collection, String(event.row['id']))
    return listeners.length === 0 ? [] : [{ event, collection, listeners }]
  })
  const asked = heard.map(({ event, collection, listeners }) => {
    const messages = createMessages(collection, event, scope.catalog.collections)
    const groups = groupListeners(listeners)
    const question =
      event.action === 'delete'
        ? undefined
        : planSights(scope, snapshotSource(collection, event.row), groups)
    return { event, listeners, messages, groups, question }
  })
  const accounts = asked
    .filter(({ question }) => question !== undefined)
    .flatMap(({ groups }) => groups.flatMap((group) => group.accounts))
  const endings = planEnded(scope, [
    ...new Map(accounts.map((account) => [account.sessionId, account])).values(),
  ])
  return {
    statements: [
      ...endings.statements,
      ...asked.flatMap(({ question }) => question?.statements ?? []),
    ],
    answer: (rows) => {
      let start = endings.statements.length
      const endedNow = endings.read(rows.slice(0, start))
      return asked.map(({ event, listeners, messages, question }) => {
        if (event.action === 'delete' || question === undefined) {
          const before = event.action === 'delete' ? event : undefined
          return {
            listeners,
            messages,
            sights: before?.sights ?? new Map(),
            ended: before?.ended ?? new Set(),
          }
        }
        const own = rows.slice(start, start + question.statements.length)
        start += own.length
        const sights = question.read(own)(String(event.row['id']))
        return { listeners, messages, sights, ended: endedNow }
      })
    },
  }
}
