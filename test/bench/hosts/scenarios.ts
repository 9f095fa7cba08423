import { isDeepStrictEqual } from 'node:util'
import type { Load } from '../load/load.ts'
import { recordId } from './content.ts'

/** A request to measure on two servers. */
export interface HostScenario {
  /** The name as an argument of a command. */
  readonly id: string
  readonly name: string
  /** The ratio of responses per second to reach. */
  readonly must: number
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly isSignedIn?: boolean
  readonly body?: unknown
}

const postsPath = '/api/collections/posts/records'
const entriesPath = '/api/collections/entries/records'
const page = 'perPage=30&skipTotal=1'
const filter = encodeURIComponent('views >= 100 && title ~ "7"')
const entry = { title: 'A new entry', body: 'Words. '.repeat(30), views: 1 }
/** Creates in one batch. */
const batchSize = 250

/** The measured requests. Those that write come last, so that all others read the same rows. */
export function hostScenarios(records: number): readonly HostScenario[] {
  const create = { method: 'POST', url: entriesPath, body: entry }
  return [
    { id: 'health', name: 'health', must: 1, method: 'GET', path: '/api/health' },
    { id: 'list', name: 'list of 30', must: 2, method: 'GET', path: `${postsPath}?${page}` },
    {
      id: 'total',
      name: 'list of 30 with total',
      must: 3,
      method: 'GET',
      path: `${postsPath}?perPage=30`,
    },
    {
      id: 'signed-in',
      name: 'signed-in list with a rule',
      must: 2,
      method: 'GET',
      path: `/api/collections/notes/records?${page}`,
      isSignedIn: true,
    },
    {
      id: 'filtered',
      name: 'filtered and sorted list',
      must: 2,
      method: 'GET',
      path: `${postsPath}?${page}&sort=-views&filter=${filter}`,
    },
    {
      id: 'view',
      name: 'view',
      must: 1.5,
      method: 'GET',
      path: `${postsPath}/${recordId(Math.ceil(records / 2))}`,
    },
    { id: 'create', name: 'create', must: 1, method: 'POST', path: entriesPath, body: entry },
    {
      id: 'batch',
      name: `batch of ${batchSize} creates`,
      must: 1,
      method: 'POST',
      path: '/api/batch',
      body: { requests: Array.from({ length: batchSize }, () => create) },
    },
  ]
}

/** The request of a scenario to a server. */
export function hostLoad(scenario: HostScenario, origin: string, token: string): Load {
  const { method, path, body, isSignedIn } = scenario
  return {
    url: origin + path,
    method,
    headers: {
      ...(isSignedIn === true && { authorization: token }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
}

/**
 * Checks that two servers return the same to a request, besides ids and times that they generate.
 *
 * @throws Error if they do not
 */
export function expectSame(
  scenario: HostScenario,
  [one, another]: readonly [string, string],
): void {
  const generated =
    scenario.method === 'POST' ? /^(?:id|created|updated)$/ : /^(?:created|updated)$/
  const comparable = (text: string): unknown =>
    JSON.parse(text, (key, value: unknown) =>
      generated.test(key) && typeof value === 'string' ? value.length : value,
    )
  if (isDeepStrictEqual(comparable(one), comparable(another))) return
  throw new Error(`${scenario.name}: the responses differ.\n${one}\n${another}`)
}
