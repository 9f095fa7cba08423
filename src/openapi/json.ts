/** A part of a document. */
export type Json = Readonly<Record<string, unknown>>

/** A reference to a part of the document. */
export function ref(
  kind: 'schemas' | 'responses' | 'parameters',
  name: string,
): { readonly $ref: string } {
  return { $ref: `#/components/${kind}/${name}` }
}

/** The content of a request or a response in JSON. */
export function json(schema: Json): Json {
  return { 'application/json': { schema } }
}
