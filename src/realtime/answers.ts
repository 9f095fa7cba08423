import type { Plan, Scope } from '#collections/transact.ts'
import type { GroupSights, RecordEvent } from '#platform/realtime.ts'
import { planEnded, planSights, snapshotSource } from '#records/sights.ts'
import { groupListeners, type Hub, type Listener } from './hub.ts'
import { createMessages, type Messages } from './messages.ts'

/**
 * So many groups are asked about of an event, the most common ones: each takes a statement, and anybody
 * can make up options that nobody else has.
 */
export const maxGroups = 400

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
 * Plans the questions that events raise, of all who listen. Of removals most were answered before.
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
    const all = groupListeners(listeners, maxGroups)
    // Who was asked about before a removal is not asked about again.
    const groups = event.action === 'delete' ? all.filter(({ key }) => !event.sights.has(key)) : all
    const question = planSights(scope, snapshotSource(collection, event.row), groups)
    return { event, listeners, messages, groups, question }
  })
  const accounts = asked.flatMap(({ groups }) => groups.flatMap((group) => group.accounts))
  const endings = planEnded(scope, [
    ...new Map(accounts.map((account) => [account.sessionId, account])).values(),
  ])
  return {
    statements: [...endings.statements, ...asked.flatMap(({ question }) => question.statements)],
    answer: (rows) => {
      let start = endings.statements.length
      const ended = endings.read(rows.slice(0, start))
      return asked.map(({ event, listeners, messages, question }) => {
        const own = rows.slice(start, start + question.statements.length)
        start += own.length
        const found = question.read(own)(String(event.row['id']))
        return event.action === 'delete'
          ? {
              listeners,
              messages,
              sights: new Map([...found, ...event.sights]),
              ended: new Set([...event.ended, ...ended]),
            }
          : { listeners, messages, sights: found, ended }
      })
    },
  }
}
