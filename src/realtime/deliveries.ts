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
import { planSubscriberAccess, selectEndedSessions, snapshotAsTable } from './subscriber-access.ts'
import { groupSubscriptions, type Hub, type Subscription } from './hub.ts'
import { createMessages, type Messages } from './messages.ts'

/** Groups that are asked about of one event; anybody can make up options that nobody else has. */
const maxGroups = 2000
/** Statements of one batch; between two batches the database, which has one thread, serves others. */
const maxStatements = 100

/** Who of some groups hears of an event. */
export interface EventQuery {
  readonly event: RecordEvent
  /** All that listen, unless said otherwise. */
  readonly groups?: readonly SubscriberGroup[]
}

/** An event, who listens to it, who of them may hear of it, and what they are told. */
export interface Delivery {
  readonly listeners: readonly Subscription[]
  /** By the key of the group. */
  readonly access: ReadonlyMap<string, GroupAccess>
  /** Sessions that have ended: whoever had one is a guest. */
  readonly ended: ReadonlySet<string>
  /** Undefined where nobody is told anything. */
  readonly messages: Messages | undefined
  /** Those of whom it is not known what they may hear: they have to read anew. */
  readonly dropped: readonly Subscription[]
}

/** What one batch answered, and what is left to be asked. */
export interface Deliveries {
  readonly answers: readonly Delivery[]
  readonly rest: readonly EventQuery[]
}

const noDelivery = { access: new Map(), ended: new Set<string>(), messages: undefined } as const

/**
 * Plans the questions that events raise, as many as fit into a batch, in their order. Who hears of a
 * removal was asked before it: afterwards what a rule leads to may be gone.
 *
 * Database: 1 batch, whatever the number of events and of listeners; 1 more for each 100 statements.
 */
export function planDeliveries(
  scope: PlanContext,
  questions: readonly EventQuery[],
  hub: Hub,
): Query<Deliveries> {
  const steps: Step[] = []
  const waiting = [...questions]
  let room = maxStatements
  while (waiting.length > 0 && room > 0) {
    const [question] = waiting as [EventQuery]
    waiting.shift()
    const step = planDelivery(scope, question, hub, room)
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
    ended: selectEndedSessions(scope, [...sessions.values()]),
    deliveries: list(steps.map(({ query }) => query)),
  })
  return map(found, ({ ended, deliveries }) => ({
    answers: deliveries.map((deliver) => deliver(ended)),
    rest: waiting,
  }))
}

/** The groups that a question is about, in the order in which they are asked about. */
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

/** One event, as far as a batch asks about it. */
interface Step {
  /** Reads the delivery, given the sessions that have ended. */
  readonly query: Query<(ended: ReadonlySet<string>) => Delivery>
  readonly groups: readonly SubscriberGroup[]
  readonly unasked: readonly SubscriberGroup[]
}

/** Undefined where nobody listens. */
function planDelivery(
  scope: PlanContext,
  question: EventQuery,
  hub: Hub,
  room: number,
): Step | undefined {
  const { event } = question
  const collection = scope.catalog.collections.find(event.collectionId)
  if (collection === undefined) return undefined
  if (event.action === 'resync') {
    const dropped = hub.subscriptionsToCollections(topicsOf(collection))
    return given({ ...noDelivery, listeners: dropped, dropped })
  }
  const listeners = hub.subscriptionsTo(collection, String(event.row['id']))
  if (listeners.length === 0) return undefined
  const messages = createMessages(collection, event, scope.catalog.collections)
  if (event.action === 'delete') return given(deliverDeletion(event, listeners, messages))

  const listening = groupsOf(scope.catalog, question, hub)
  const groups = listening.slice(0, maxGroups)
  const tooMany = new Set(listening.slice(maxGroups).map(({ key }) => key))
  const access = planSubscriberAccess(scope, snapshotAsTable(collection, event.row), groups, room)
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
  // Whoever began to listen since the question reads what is there by now.
  const dropped = isComplete ? [] : listeners.filter(({ group }) => !access.has(group))
  return { listeners, messages, access, ended, dropped }
}
