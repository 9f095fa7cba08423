/* Requests made from an OpenAPI document: valid ones, ones that miss a little, and hostile ones. */
import fc from 'fast-check'

/** A JSON Schema of a document. */
export interface DocumentSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly DocumentSchema[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: DocumentSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, DocumentSchema>>
  readonly required?: readonly string[]
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly schema: DocumentSchema
}

type Content = Readonly<Record<string, { readonly schema: DocumentSchema }>>

/** An operation as the document has it. */
export interface DocumentOperation {
  readonly operationId: string
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[]
  readonly requestBody?: { readonly content: Content; readonly required: boolean }
  readonly responses: Readonly<
    Record<string, { readonly $ref?: string; readonly content?: Content }>
  >
}

/** The part of a document that requests are made from. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>
  /** The requests that webhooks receive, for superusers. */
  readonly webhooks?: Readonly<Record<string, unknown>>
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** A request to an operation. */
export interface DocumentRequest {
  readonly path: string
  readonly body: unknown
}

/** Finds the part of a document that a reference names. */
export function resolveReference<T extends object>(
  document: ApiDocument,
  part: T | { readonly $ref: string },
): T {
  if (!('$ref' in part) || typeof part.$ref !== 'string') return part as T
  const [, , kind = '', name = ''] = part.$ref.split('/')
  return document.components[kind]?.[name] as T
}

/** Requests to an operation. The values of `id` in its path are the known ids, or anything. */
export function requestsTo(
  document: ApiDocument,
  path: string,
  operation: DocumentOperation,
  ids: () => readonly string[],
): fc.Arbitrary<DocumentRequest> {
  const parameters = (operation.parameters ?? []).map((each) =>
    resolveReference<Parameter>(document, each),
  )
  const named = (where: Parameter['in']) => parameters.filter((each) => each.in === where)
  const inPath = named('path').map(
    ({ name }) => [name, fc.oneof({ weight: 3, arbitrary: knownId(ids) }, segment)] as const,
  )
  const inQuery = named('query').map(
    ({ name, schema }) => [name, fc.oneof(valid(document, schema), fc.string())] as const,
  )
  return fc
    .record({
      segments: fc.record(Object.fromEntries(inPath)),
      query: fc.record(Object.fromEntries(inQuery), { requiredKeys: [] }),
      body: bodies(document, operation),
    })
    .map(({ segments, query, body }) => {
      const search = new URLSearchParams(
        Object.entries(query).map(([name, value]) => [name, textOf(value)]),
      ).toString()
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(String(segments[name])),
      )
      return { path: search === '' ? filled : `${filled}?${search}`, body }
    })
}

/** The known ids change while requests are made, so one is chosen when it is needed. */
function knownId(ids: () => readonly string[]): fc.Arbitrary<string> {
  return fc.nat().map((index) => ids()[index % Math.max(ids().length, 1)] ?? 'missing00000000')
}

/** A dot alone would be another path. */
const segment = fc
  .string({ minLength: 1, maxLength: 20 })
  .filter((text) => !/^\.+$/.test(text) && !/[/\\]/.test(text))

function bodies(document: ApiDocument, { requestBody }: DocumentOperation): fc.Arbitrary<unknown> {
  if (requestBody === undefined) return fc.constant(undefined)
  return fc.oneof(
    ...Object.entries(requestBody.content).map(([type, { schema }]) => {
      const whole = valid(document, schema)
      return type === 'multipart/form-data'
        ? whole.map((body) => formOf(body as object))
        : fc.oneof(
            { weight: 4, arbitrary: whole },
            { weight: 2, arbitrary: fc.tuple(whole, fc.nat(), fc.jsonValue()).map(spoiled) },
            { weight: 1, arbitrary: fc.jsonValue() },
          )
    }),
  )
}

/** Bodies that the document allows for an operation. */
export function validBodies(
  document: ApiDocument,
  { requestBody }: DocumentOperation,
): fc.Arbitrary<unknown> {
  const { schema = {} } = requestBody?.content['application/json'] ?? {}
  return valid(document, schema)
}

/** A body with a wrong value for one of its members. */
function spoiled([body, index, value]: readonly [unknown, number, unknown]): unknown {
  if (typeof body !== 'object' || body === null) return body
  const names = Object.keys(body)
  const name = names[index % Math.max(names.length, 1)]
  return name === undefined ? body : { ...body, [name]: value }
}

function formOf(body: object): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(body) as [string, unknown][]) {
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (each instanceof Blob) form.append(name, each, 'file.txt')
      else form.append(name, textOf(each))
    }
  }
  return form
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Values that a schema allows. */
function valid(document: ApiDocument, given: DocumentSchema): fc.Arbitrary<unknown> {
  const schema = resolveReference<DocumentSchema>(document, given)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.anyOf !== undefined) {
    return fc.oneof(...schema.anyOf.map((each) => valid(document, each)))
  }
  if (typeof schema.type === 'object') {
    return fc.oneof(...schema.type.map((type) => valid(document, { ...schema, type })))
  }
  switch (schema.type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000 })
    case 'number':
      return fc.double({
        min: schema.minimum ?? -1e6,
        max: schema.maximum ?? 1e6,
        noNaN: true,
        noDefaultInfinity: true,
      })
    case 'string':
      return texts(schema)
    case 'array':
      return fc.array(valid(document, schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      })
    case 'object': {
      const members = Object.entries(schema.properties ?? {})
      return fc.record(
        Object.fromEntries(members.map(([name, each]) => [name, valid(document, each)])),
        { requiredKeys: [...(schema.required ?? [])] },
      )
    }
    case undefined:
    default:
      return fc.jsonValue()
  }
}

function texts({ format, pattern, minLength = 0, maxLength = 30 }: DocumentSchema) {
  if (format === 'binary') return fc.string().map((text) => new Blob([text]))
  // The formats of JSON Schema allow more than PocketBase does.
  if (format === 'email') return fc.nat().map((number) => `ann+${number}@example.com`)
  if (format === 'uri') return fc.nat().map((number) => `https://example.com/a?page=${number}`)
  if (format === 'date-time') {
    return fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString())
  }
  const limit = Math.min(maxLength, Math.max(30, minLength))
  if (pattern !== undefined) {
    const whole = new RegExp(pattern, 'u')
    return fc.stringMatching(whole).map((text) => text.slice(0, limit).padEnd(minLength, 'a'))
  }
  return fc.string({ minLength, maxLength: limit, unit: 'binary' })
}
