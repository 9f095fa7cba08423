import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { headerKey } from '#http/network/network-headers.ts'
import { dictionary } from '#kernel/dictionary.ts'

/** An object of the form, which may have any keys. */
function members<T>(accepts: (value: unknown) => boolean) {
  const isObject = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  return z
    .custom<Readonly<Record<string, T>>>(
      (value) => isObject(value) && Object.values(value as object).every(accepts),
    )
    .default({})
    .transform((value) => dictionary(Object.entries(value)))
}

const texts = lazy(() => members<string>((value) => typeof value === 'string'))

/** The body of `POST /api/rules/explain`. */
export const explainForm = lazy(() =>
  z.object({
    collection: z.string().default(''),
    action: z.string().default(''),
    /** The caller; null for a guest. */
    auth: z
      .object({ collection: z.string().default(''), id: z.string().default('') })
      .nullable()
      .default(null)
      // A form reads null as an empty object, unless the object is behind a transform.
      .transform((account) => account),
    record: z.string().default(''),
    body: members<unknown>(() => true),
    query: texts(),
    headers: texts().transform((values) =>
      dictionary(Object.entries(values).map(([name, value]) => [headerKey(name), value] as const)),
    ),
    filter: z.string().default(''),
    sort: z.string().default(''),
    expand: z.string().default(''),
    /** A draft to try instead of the stored rule; null for the stored one. */
    rule: z.string().nullable().default(null),
    /** The topic of `realtime`: `*`, or `record`. */
    topic: z.string().default('*'),
    counts: z.boolean().default(false),
  }),
)

/** A parsed form. */
export type ExplainForm = z.output<ReturnType<typeof explainForm>>
