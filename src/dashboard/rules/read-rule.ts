/*
 * A rule, read as the server reads it: first its grammar, with the parser of the server, then the
 * fields that its names lead to. What is found here is known before anything is sent.
 */
import type { FilterNode, Operand } from '#filter/syntax/ast.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import { t } from '#dashboard/text/definition-texts.ts'

/** The part of a definition that rules refer to. */
export interface RuleCollection {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly fields: readonly RuleField[]
}

/** A field as rules see it. */
export interface RuleField {
  readonly name: string
  readonly type: string
  readonly [option: string]: unknown
}

/** An error in a rule, from one index into its text to another. */
export interface RuleFault {
  readonly from: number
  readonly to: number
  readonly message: string
}

/** A field that a rule names. */
export interface FieldUse {
  /** The id of the collection. */
  readonly collection: string
  readonly field: string
}

/**
 * The place of a filter: a rule, or the filter of events that are sent, which knows the former values of
 * a record (`@old`) and no request.
 */
export type FilterPlace = 'rule' | 'event'

/** Everything known about a rule without asking the server. */
export interface RuleReading {
  readonly faults: readonly RuleFault[]
  readonly uses: readonly FieldUse[]
}

/** The modifiers that may follow a name. */
export const modifiers = ['isset', 'changed', 'length', 'each', 'lower'] as const

/** The functions of the filter language. */
export const functions = ['geoDistance', 'strftime'] as const

/** Names that stand for a time, or a part of one. */
export const macros = [
  '@now',
  '@yesterday',
  '@tomorrow',
  '@todayStart',
  '@todayEnd',
  '@monthStart',
  '@monthEnd',
  '@yearStart',
  '@yearEnd',
  '@second',
  '@minute',
  '@hour',
  '@day',
  '@month',
  '@weekday',
  '@year',
] as const

const constants = ['true', 'false', 'null']
const requestParts = ['auth', 'body', 'query', 'headers']

/** Reads a rule of a collection. */
export function readRule(
  rule: string,
  collection: RuleCollection,
  collections: readonly RuleCollection[],
  place: FilterPlace = 'rule',
): RuleReading {
  if (rule.trim() === '') return { faults: [], uses: [] }
  const parsed = parseFilter(rule)
  if (!parsed.ok) {
    const { position, message } = parsed.fault
    return { faults: [{ from: position, to: endOfWord(rule, position), message }], uses: [] }
  }
  const readings = operandsIn(parsed.filter).map((operand) =>
    readOperand(operand, collection, collections, place),
  )
  return {
    faults: readings.flatMap(({ faults }) => faults),
    uses: readings.flatMap(({ uses }) => uses),
  }
}

function operandsIn(node: FilterNode): Operand[] {
  if (node.kind !== 'comparison') return node.nodes.flatMap(operandsIn)
  return [node.left, node.right].flatMap(withArguments)
}

function withArguments(operand: Operand): Operand[] {
  return operand.kind === 'function' ? [operand, ...operand.args.flatMap(withArguments)] : [operand]
}

const nothing: RuleReading = { faults: [], uses: [] }

function readOperand(
  operand: Operand,
  collection: RuleCollection,
  collections: readonly RuleCollection[],
  place: FilterPlace,
): RuleReading {
  if (operand.kind === 'function') {
    const isKnown = functions.some((name) => name === operand.name)
    const message = t.rules.unknownFunction(operand)
    return isKnown ? nothing : faultAt(operand.position, operand.name, message)
  }
  if (operand.kind !== 'identifier') return nothing
  const { name, position } = operand
  const [first = '', second = '', ...rest] = name.split('.')
  if (first === '@request' && place === 'event') {
    return faultAt(position, name, t.rules.noRequest)
  }
  if (first === '@request') return readRequest(operand, collection, collections)
  if (first === '@old' && place === 'event' && second !== '') {
    const path = name.split('.').slice(1)
    return follow({ collections, collection, path, at: position + '@old.'.length })
  }
  if (first === '@collection') {
    const [source = ''] = second.split(':')
    const other = collections.find((one) => one.name === source || one.id === source)
    const at = position + '@collection.'.length
    if (other === undefined) {
      return faultAt(at, second, t.rules.unknownCollection({ name: source }))
    }
    return follow({ collections, collection: other, path: rest, at: at + second.length + 1 })
  }
  if (macros.some((macro) => macro === name) || constants.includes(name.toLowerCase())) {
    return nothing
  }
  if (name.startsWith('@')) return faultAt(position, name, t.rules.unknownName({ name }))
  return follow({ collections, collection, path: name.split('.'), at: position })
}

function readRequest(
  { name, position }: { readonly name: string; readonly position: number },
  collection: RuleCollection,
  collections: readonly RuleCollection[],
): RuleReading {
  const [, part = '', ...rest] = name.split('.')
  if ((part === 'context' || part === 'method') && rest.length === 0) return nothing
  if (!requestParts.includes(part) || rest.length === 0) {
    return faultAt(position, name, t.rules.unknownName({ name }))
  }
  // What a request does not have is null, so unknown names are no error here.
  if (part === 'body') return withoutFaults(follow({ collections, collection, path: rest, at: 0 }))
  if (part !== 'auth') return nothing
  const accounts = collections.filter(({ type }) => type === 'auth')
  const readings = accounts.map((one) =>
    follow({ collections, collection: one, path: rest, at: 0 }),
  )
  return { faults: [], uses: readings.flatMap(({ uses }) => uses) }
}

function withoutFaults({ uses }: RuleReading): RuleReading {
  return { faults: [], uses }
}

interface Walk {
  readonly collections: readonly RuleCollection[]
  readonly collection: RuleCollection
  readonly path: readonly string[]
  /** The index of the path in the text. */
  readonly at: number
}

/** Follows a path of fields through relations and back-relations. */
function follow({ collections, collection: start, path, at }: Walk): RuleReading {
  let collection = start
  let from = at
  const uses: FieldUse[] = []
  for (const [index, segment] of path.entries()) {
    const [name = '', modifier] = segment.split(':')
    const isLast = index === path.length - 1
    const field = collection.fields.find((one) => one.name === name)
    if (field === undefined) {
      const back = isLast ? undefined : backRelation(name, collection, collections)
      if (back === undefined) {
        const message = t.rules.unknownField({ name, collection: collection.name })
        return { faults: [{ from, to: from + name.length, message }], uses }
      }
      uses.push({ collection: back.collection.id, field: back.field.name })
      collection = back.collection
    } else {
      uses.push({ collection: collection.id, field: name })
      if (modifier !== undefined && !modifiers.some((known) => known === modifier)) {
        const message = t.rules.unknownModifier({ name: modifier })
        return { faults: [{ from: from + name.length, to: from + segment.length, message }], uses }
      }
      if (isLast || ['json', 'geoPoint'].includes(field.type)) return { faults: [], uses }
      const related = relatedOf(field, collections)
      if (related === undefined) {
        const message = t.rules.noRelation({ name })
        return { faults: [{ from, to: from + name.length, message }], uses }
      }
      collection = related
    }
    from += segment.length + 1
  }
  return { faults: [], uses }
}

/** The collection that a relation refers to. */
export function relatedOf(
  field: RuleField,
  collections: readonly RuleCollection[],
): RuleCollection | undefined {
  if (field.type !== 'relation') return undefined
  return collections.find(({ id }) => id === field['collectionId'])
}

/** The collection and field of a name such as `comments_via_post`. */
export function backRelation(
  name: string,
  target: RuleCollection,
  collections: readonly RuleCollection[],
): { readonly collection: RuleCollection; readonly field: RuleField } | undefined {
  const [, source, fieldName] = /^(\w+)_via_(\w+)$/.exec(name) ?? []
  const collection = collections.find((one) => one.name === source)
  const field = collection?.fields.find((one) => one.name === fieldName)
  if (collection === undefined || field?.['collectionId'] !== target.id) return undefined
  return { collection, field }
}

function faultAt(from: number, name: string, message: string): RuleReading {
  return { faults: [{ from, to: from + name.length, message }], uses: [] }
}

/** The end of the word at a position, at least one character, but not behind the end of the text. */
function endOfWord(text: string, from: number): number {
  const word = /^[\w@#.:]+/.exec(text.slice(from))?.[0] ?? ''
  return Math.min(text.length, from + Math.max(1, word.length))
}
