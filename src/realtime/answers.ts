import { topicsOf } from '#collections/record-events.ts'
import type { Plan, Scope } from '#collections/transact.ts'
import type { Catalog } from '#collections/catalog.ts'
import type { GroupSights, ListenerGroup, RecordEvent, RecordRemoval } from '#platform/realtime.ts'
import { planEnded, planSights, snapshotSource } from '#records/sights.ts'
import { groupListeners, type Hub, type Listener } from './hub.ts'
import { createMessages, type Messages } from './messages.ts'

/** Groups that are asked about of one event; anybody can make up options that nobody else has. */
const maxGroups = 2000
/** Statements of one batch; between two batches the database, which has one thread, serves others. */
const maxStatements = 100

/** Who of some groups hears of an event. */
export interface Question {
  readonly event: RecordEvent
  /** All that listen, unless said otherwise. */
  readonly groups?: readonly ListenerGroup[]
}

/** An event, who listens to it, who of them may hear of it, and what they are told. */
export interface Answer {
  readonly listeners: readonly Listener[]
  /** By the key of the group. */
  readonly sights: ReadonlyMap<string, GroupSights>
  /** Sessions that have ended: whoever had one is a guest. */
  readonly ended: ReadonlySet<string>
  /** Undefined where nobody is told anything. */
  readonly messages: Messages | undefined
  /** Those of whom it is not known what they may hear: they have to read anew. */
  readonly lost: readonly Listener[]
}

/** What one batch answered, and what is left to be asked. */
export interface Answers {
  readonly answers: readonly Answer[]
  readonly rest: readonly Question[]
}

const nobody = { sights: new Map(), ended: new Set<string>(), messages: undefined } as const

/**
 * Plans the questions that events raise, as many as fit into a batch, in their order. Who hears of a
 * removal was asked before it: afterwards what a rule leads to may be gone.
 *
 * Database: 1 batch, whatever the number of events and of listeners; 1 more for each 100 statements.
 */
export function planAnswers(scope: Scope, questions: readonly Question[], hub: Hub): Plan<Answers> {
  const steps: Step[] = []
  const waiting = [...questions]
  let room = maxStatements
  while (waiting.length > 0 && room > 0) {
    const [question] = waiting as [Question]
    waiting.shift()
    const step = planStep(scope, question, hub, room)
    if (step === undefined) continue
    steps.push(step)
    room -= step.statements.length
    if (step.unasked.length > 0) {
      waiting.unshift({ event: question.event, groups: step.unasked })
      break
    }
  }
  const accounts = steps.flatMap(({ groups }) => groups.flatMap((group) => group.accounts))
  const endings = planEnded(scope, [
    ...new Map(accounts.map((account) => [account.sessionId, account])).values(),
  ])
  return {
    statements: [...endings.statements, ...steps.flatMap(({ statements }) => statements)],
    answer: (rows) => {
      let start = endings.statements.length
      const ended = endings.read(rows.slice(0, start))
      const answers = steps.map(({ statements, answer }) => {
        const own = rows.slice(start, start + statements.length)
        start += own.length
        return answer(own, ended)
      })
      return { answers, rest: waiting }
    },
  }
}

/** The groups that a question is about, in the order in which they are asked about. */
export function groupsOf(
  { collections }: Catalog,
  { event, groups }: Question,
  hub: Hub,
): readonly ListenerGroup[] {
  if (groups !== undefined || event.action === 'untold') return groups ?? []
  const collection = collections.find(event.collectionId)
  if (collection === undefined) return []
  return groupListeners(hub.listenersTo(collection, String(event.row['id'])))
}

/** One event, as far as a batch asks about it. */
interface Step {
  readonly statements: Plan<unknown>['statements']
  readonly groups: readonly ListenerGroup[]
  readonly unasked: readonly ListenerGroup[]
  answer(rows: Parameters<Plan<unknown>['answer']>[0], ended: ReadonlySet<string>): Answer
}

/** Undefined where nobody listens. */
function planStep(scope: Scope, question: Question, hub: Hub, room: number): Step | undefined {
  const { event } = question
  const collection = scope.catalog.collections.find(event.collectionId)
  if (collection === undefined) return undefined
  if (event.action === 'untold') {
    const lost = hub.listenersUnder(topicsOf(collection))
    return given({ ...nobody, listeners: lost, lost })
  }
  const listeners = hub.listenersTo(collection, String(event.row['id']))
  if (listeners.length === 0) return undefined
  const messages = createMessages(collection, event, scope.catalog.collections)
  if (event.action === 'delete') return given(answerRemoval(event, listeners, messages))

  const all = groupsOf(scope.catalog, question, hub)
  const groups = all.slice(0, maxGroups)
  const tooMany = new Set(all.slice(maxGroups).map(({ key }) => key))
  const sights = planSights(scope, snapshotSource(collection, event.row), groups, room)
  return {
    statements: sights.statements,
    groups,
    unasked: sights.unasked,
    answer: (rows, ended) => ({
      listeners,
      messages,
      ended,
      sights: sights.read(rows)(String(event.row['id'])),
      lost: listeners.filter(({ group }) => tooMany.has(group)),
    }),
  }
}

function given(answer: Answer): Step {
  return { statements: [], groups: [], unasked: [], answer: () => answer }
}

function answerRemoval(
  { sights, ended, isWhole }: RecordRemoval,
  listeners: readonly Listener[],
  messages: Messages,
): Answer {
  // Whoever began to listen since the question reads what is there by now.
  const lost = isWhole ? [] : listeners.filter(({ group }) => !sights.has(group))
  return { listeners, messages, sights, ended, lost }
}
