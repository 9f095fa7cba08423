import { Validator } from '@cfworker/json-schema'
import {
  type ApiDocument,
  type DocumentOperation,
  type DocumentRequest,
  type DocumentSchema,
  resolveReference,
} from './schema-requests.ts'
import type { Answer } from './test-app.ts'

/** An operation of a document, with its address. */
export interface Walked {
  readonly method: string
  readonly path: string
  readonly operation: DocumentOperation
}

/** All operations of a document. */
export function operationsOf({ paths }: ApiDocument): Walked[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  )
}

/** The reasons why a response is not as the document says. */
export function faultsOf(
  document: ApiDocument,
  { operation }: Walked,
  { status, body }: Answer,
  { path }: DocumentRequest,
): string[] {
  const response = operation.responses[String(status)]
  if (response === undefined) return [`The status ${status} is not documented.`]
  const { content = {} } = resolveReference(document, response as { $ref: string }) as {
    readonly content?: Readonly<Record<string, { readonly schema: DocumentSchema }>>
  }
  const schema = content['application/json']?.schema
  if (schema === undefined) return []
  // A projection leaves out what the schema requires.
  if (status === 200 && path.includes('fields=')) return []
  return [...schemaFaults(document, schema, body), ...unknownMembers(document, schema, body)]
}

/** The reasons why a value does not fit a schema of the document. */
export function schemaFaults(
  document: ApiDocument,
  schema: DocumentSchema,
  value: unknown,
): string[] {
  const whole = { ...schema, components: document.components } as object
  const { errors } = new Validator(whole, '2020-12').validate(value)
  return errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
}

/** Members that their schema does not have. An object without named members may have any. */
function unknownMembers(document: ApiDocument, schema: DocumentSchema, body: unknown): string[] {
  const { properties, items } = resolveReference(
    document,
    schema as { $ref: string },
  ) as DocumentSchema
  if (Array.isArray(body)) {
    return items === undefined ? [] : body.flatMap((each) => unknownMembers(document, items, each))
  }
  if (properties === undefined || typeof body !== 'object' || body === null) return []
  return Object.entries(body).flatMap(([name, value]) => {
    const member = properties[name]
    if (member !== undefined) return unknownMembers(document, member, value)
    return [`The member ${name} is not documented.`]
  })
}
