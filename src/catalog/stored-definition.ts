import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { Row } from '#database/batch.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { authOptionsSchema, viewOptionsSchema } from './auth-options.ts'
import type { CollectionDefinition } from './definition.ts'
import { storedSecurity, withoutDefaultSecurity } from './security-options.ts'

const commonOptions = lazy(() =>
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    system: z.boolean(),
    hidden: z.boolean(),
    presentable: z.boolean(),
  }),
)

/** Passed on unchanged: an object schema would reorder the keys. */
const storedField = lazy(() =>
  z.custom<FieldDefinition>((value) => commonOptions().safeParse(value).success),
)

const rule = lazy(() => z.string().nullable())

/** A schema's value as JSON text. */
function jsonText<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema)
}

const commonColumns = lazy(() => ({
  id: z.string(),
  // D1 returns 0 and 1.
  system: z.coerce.boolean(),
  name: z.string(),
  listRule: rule(),
  viewRule: rule(),
  createRule: rule(),
  updateRule: rule(),
  deleteRule: rule(),
  fields: jsonText(z.array(storedField())),
  indexes: jsonText(z.array(z.string())),
  created: z.string(),
  updated: z.string(),
}))

/** Collections stored before there were security options have the defaults. */
const storedAuthOptions = lazy(() => authOptionsSchema().extend({ security: storedSecurity() }))

const storedRow = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ ...commonColumns(), type: z.literal('base'), options: jsonText(z.object({})) }),
    z.object({
      ...commonColumns(),
      type: z.literal('auth'),
      options: jsonText(storedAuthOptions()),
    }),
    z.object({
      ...commonColumns(),
      type: z.literal('view'),
      options: jsonText(viewOptionsSchema()),
    }),
  ]),
)

/** Decodes a definition from a row of `_collections`. An invalid row is a defect and throws. */
export function decodeStored(row: Row): CollectionDefinition {
  return storedRow().parse(row)
}

/** Encodes a definition as the columns of `_collections`, by name. */
export function encodeStored(
  definition: CollectionDefinition,
): Readonly<Record<string, string | number | null>> {
  return {
    id: definition.id,
    system: definition.system ? 1 : 0,
    type: definition.type,
    name: definition.name,
    fields: JSON.stringify(definition.fields),
    indexes: JSON.stringify(definition.indexes),
    listRule: definition.listRule,
    viewRule: definition.viewRule,
    createRule: definition.createRule,
    updateRule: definition.updateRule,
    deleteRule: definition.deleteRule,
    options: JSON.stringify(
      definition.type === 'auth' ? withoutDefaultSecurity(definition.options) : definition.options,
    ),
    created: definition.created,
    updated: definition.updated,
  }
}
