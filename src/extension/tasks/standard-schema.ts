/*
 * The interface by which schema libraries are interchangeable. An application may use Zod, in any
 * version, Valibot or ArkType.
 *
 * @see https://standardschema.dev
 */

/** A schema of Zod or of another library that implements Standard Schema. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** A value, or the reasons why it is none. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

/** A reason why a value is refused. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The values that a schema takes. */
export type SchemaInput<Schema extends StandardSchema> = NonNullable<
  Schema['~standard']['types']
>['input']

/** The values that a schema returns. */
export type SchemaOutput<Schema extends StandardSchema> = NonNullable<
  Schema['~standard']['types']
>['output']

/** Reads a value by a schema. */
export async function readBy<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
): Promise<SchemaResult<Output>> {
  return await schema['~standard'].validate(value)
}

/** The path of an issue as text, such as `size.width`; empty for the whole value. */
export function pathOf({ path = [] }: SchemaIssue): string {
  return path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
}
