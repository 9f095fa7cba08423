import { topicsOf } from '#catalog/record-events.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { all, constant, list, map, type Query } from '#database/query.ts'
import type { Catalog } from '#catalog/catalog.ts'
import type {
  GroupAccess,
  SubscriberGroup,
  RecordEvent,
  DeletedRecord,
} from '#platform/realtime.ts'
import { selectEndedSessions } from '#realtime/access/ended-sessions.ts'
import { snapshotAsTable } from '#realtime/access/snapshot.ts'
import { planSubscriberAccess } from '#realtime/access/subscriber-access.ts'
import { groupSubscriptions, type Hub, type Subscription } from './hub.ts'
import { createMessages, type Messages } from '#realtime/shard/messages.ts'

/** Maximum groups checked per event, since any client can make up options. */
const maxGroups = 2000
/**
 * Maximum statements of a batch. Between two batches, the single-threaded database serves others.
 */
const maxStatements = 100

/** Finds the members of some groups that may receive an event. */
export interface EventQuery {
  readonly event: RecordEvent
  /** Defaults to all subscribers. */
  readonly groups?: readonly SubscriberGroup[]
}

/** An event, its subscribers, their access, and the messages. */
export interface Delivery {
  readonly listeners: readonly Subscription[]
  /** By the key of the group. */
  readonly access: ReadonlyMap<string, GroupAccess>
  /** Ended sessions, whose clients are guests. */
  readonly ended: ReadonlySet<string>
  /** Undefined if there is no message. */
  readonly messages: Messages | undefined
  /** Subscriptions whose access is unknown: their clients must resync. */
  readonly dropped: readonly Subscription[]
}

/** The results of one batch, and the remaining events. */
export interface Deliveries {
  readonly answers: readonly Delivery[]
  readonly rest: readonly EventQuery[]
}

const noDelivery = { access: new Map(), ended: new Set<string>(), messages: undefined } as const

/**
 * Plans the access checks of events, at most one batch of them, in order. Deletions were checked
 * before: afterwards the records that a rule refers to may be gone.
 *
 * Database: 1 batch, whatever the number of events and subscribers; 1 more for each 100 statements.
 */
export function planDeliveries(
  context: PlanContext,
  questions: readonly EventQuery[],
  hub: Hub,
): Query<Deliveries> {
  const steps: Step[] = []
  const waiting = [...questions]
  let room = maxStatements
  while (waiting.length > 0 && room > 0) {
    const [question] = waiting as [EventQuery]
    waiting.shift()
    const step = planDelivery(context, question, hub, room)
    if (step === undefined) continue
    steps.push(step)
    room -= step.query.statements.length
    if (step.unasked.length > 0) {
      waiting.unshift({ event: question.event, groups: step.unasked })
      break
    }
  }
  const accounts = steps.flatMap(({ groups }) => groups.flatMap((group) => group.accounts))
  const sessions = new Map(accounts.map((account) => [account.sessionId, account]))
  const found = all({
    ended: selectEndedSessions(context, [...sessions.values()]),
    deliveries: list(steps.map(({ query }) => query)),
  })
  return map(found, ({ ended, deliveries }) => ({
    answers: deliveries.map((deliver) => deliver(ended)),
    rest: waiting,
  }))
}

/** The groups of a check, in order. */
export function groupsOf(
  { collections }: Catalog,
  { event, groups }: EventQuery,
  hub: Hub,
): readonly SubscriberGroup[] {
  if (groups !== undefined || event.action === 'resync') return groups ?? []
  const collection = collections.find(event.collectionId)
  if (collection === undefined) return []
  return groupSubscriptions(hub.subscriptionsTo(collection, String(event.row['id'])))
}

/** One event, as far as a batch checks it. */
interface Step {
  /** Reads the delivery, given the sessions that have ended. */
  readonly query: Query<(ended: ReadonlySet<string>) => Delivery>
  readonly groups: readonly SubscriberGroup[]
  readonly unasked: readonly SubscriberGroup[]
}

/** Undefined if there are no subscribers. */
function planDelivery(
  context: PlanContext,
  question: EventQuery,
  hub: Hub,
  room: number,
): Step | undefined {
  const { event } = question
  const collection = context.catalog.collections.find(event.collectionId)
  if (collection === undefined) return undefined
  if (event.action === 'resync') {
    const dropped = hub.subscriptionsToCollections(topicsOf(collection))
    return given({ ...noDelivery, listeners: dropped, dropped })
  }
  const listeners = hub.subscriptionsTo(collection, String(event.row['id']))
  if (listeners.length === 0) return undefined
  const messages = createMessages(collection, event, context.catalog.collections)
  if (event.action === 'delete') return given(deliverDeletion(event, listeners, messages))

  const listening = groupsOf(context.catalog, question, hub)
  const groups = listening.slice(0, maxGroups)
  const tooMany = new Set(listening.slice(maxGroups).map(({ key }) => key))
  const access = planSubscriberAccess(context, snapshotAsTable(collection, event.row), groups, room)
  const query = map(access, (accessTo) => (ended: ReadonlySet<string>) => ({
    listeners,
    messages,
    ended,
    access: accessTo(String(event.row['id'])),
    dropped: listeners.filter(({ group }) => tooMany.has(group)),
  }))
  return { query, groups, unasked: access.unasked }
}

function given(answer: Delivery): Step {
  return { query: constant(() => answer), groups: [], unasked: [] }
}

function deliverDeletion(
  { access, ended, isComplete }: DeletedRecord,
  listeners: readonly Subscription[],
  messages: Messages,
): Delivery {
  // A client that subscribed since the check reads the current state anyway.
  const dropped = isComplete ? [] : listeners.filter(({ group }) => !access.has(group))
  return { listeners, messages, access, ended, dropped }
}
