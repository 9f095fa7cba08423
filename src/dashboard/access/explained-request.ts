import type { CollectionModel } from 'pocketbase'
import type { ExplainInput } from '#dashboard/api/explain.ts'
import type { ExplainSearch } from './explain-link.ts'

/** The request of the form. */
export interface RequestForm {
  readonly collection: string
  readonly action: string
  /** `guest`, or an account as `collection/id`; without an id none is chosen yet. */
  readonly as: string
  readonly record: string
  readonly topic: string
  readonly body: string
  readonly query: string
  readonly headers: string
  readonly filter: string
  readonly sort: string
  readonly expand: string
  readonly isDraft: boolean
  readonly draft: string
}

/** The form for an address. */
export function formOf(search: ExplainSearch): RequestForm {
  return {
    collection: search.collection ?? '',
    action: search.action ?? 'view',
    as: search.as ?? 'guest',
    record: search.record ?? '',
    topic: search.topic ?? '*',
    body: '{}',
    query: '',
    headers: '',
    filter: search.filter ?? '',
    sort: search.sort ?? '',
    expand: search.expand ?? '',
    isDraft: search.rule !== undefined,
    draft: search.rule ?? '',
  }
}

/** The address of a form. The body, the query and the headers are not in it: they may be secret. */
export function searchOf(form: RequestForm): ExplainSearch {
  const { collection, action, as, record, filter, sort, expand, isDraft, draft } = form
  return {
    collection,
    action,
    as,
    ...(takesRecord(action) ? { record } : {}),
    ...(action === 'realtime' ? { topic: form.topic } : {}),
    ...(action === 'list' ? { filter, sort } : {}),
    ...(takesExpand(action) ? { expand } : {}),
    ...(isDraft ? { rule: draft } : {}),
  }
}

/** The rule that decides on the action of a form. */
function ruleNameOf({ action, topic }: Pick<RequestForm, 'action' | 'topic'>): string {
  if (action !== 'realtime') return `${action}Rule`
  return topic === '*' ? 'listRule' : 'viewRule'
}

/** The actions that a collection has. */
export function actionsOf({ type }: Pick<CollectionModel, 'type'>): readonly ActionName[] {
  if (type === 'view') return ['list', 'view']
  const records = ['list', 'view', 'create', 'update', 'delete', 'realtime'] as const
  return type === 'auth' ? [...records, 'auth', 'manage'] : records
}

/** The name of an action. */
export type ActionName =
  | 'list'
  | 'view'
  | 'create'
  | 'update'
  | 'delete'
  | 'realtime'
  | 'auth'
  | 'manage'

/** True if an action is about one record that exists. */
export function takesRecord(action: string): boolean {
  return action !== 'create'
}

/** True if an action sends a body. */
export function takesBody(action: string): boolean {
  return action === 'create' || action === 'update'
}

function takesExpand(action: string): boolean {
  return action === 'list' || action === 'view'
}

/** True if a form has what an explanation needs. */
export function isComplete({ collection, action, as, record }: RequestForm): boolean {
  const needsRecord = takesRecord(action) && action !== 'list'
  return collection !== '' && !as.endsWith('/') && (!needsRecord || record !== '')
}

/** The request of a form for the server; undefined if its body is no JSON object. */
export function inputOf(form: RequestForm): ExplainInput | undefined {
  const body = takesBody(form.action) ? readBody(form.body) : {}
  if (body === undefined) return undefined
  const [collection = '', id = ''] = form.as.split('/')
  const { filter, sort, expand } = form
  return {
    collection: form.collection,
    action: form.action,
    auth: form.as === 'guest' ? null : { collection, id },
    record: takesRecord(form.action) ? form.record.trim() : '',
    body,
    query: pairsOf(form.query, '='),
    headers: pairsOf(form.headers, ':'),
    filter: form.action === 'list' ? filter : '',
    sort: form.action === 'list' ? sort : '',
    expand: takesExpand(form.action) ? expand : '',
    rule: form.isDraft ? form.draft : null,
    topic: form.topic,
    counts: form.action === 'list' || form.action === 'view',
  }
}

/** The object that a body is; undefined if it is none. */
export function readBody(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

function pairsOf(lines: string, sign: string): Record<string, string> {
  const pairs = lines.split('\n').flatMap((line) => {
    const at = line.indexOf(sign)
    return at < 1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const]
  })
  return Object.fromEntries(pairs)
}

/** The explained request as a case of `rules.test.json`. */
export function caseOf(input: ExplainInput, isAllowed: boolean): string {
  const { collection, action, record, body, auth } = input
  const given = {
    who: auth === null ? 'guest' : `${auth.collection}/${auth.id}`,
    action,
    collection,
    ...(record === '' ? {} : { record }),
    ...(Object.keys(body).length === 0 ? {} : { body }),
    expect: isAllowed ? 'allow' : 'deny',
  }
  return JSON.stringify(given)
}

/** The stored text of the rule that a form asks; nothing for a closed one. */
export function storedRuleOf(form: RequestForm, collection: CollectionModel): string {
  const rule: unknown = collection[ruleNameOf(form)]
  return typeof rule === 'string' ? rule : ''
}
