import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { Catalog } from '#catalog/catalog.ts'
import type { Collection } from '#catalog/collection.ts'
import { changeTypes } from '#catalog/subscribers.ts'
import { publicFields } from '#catalog/record-events.ts'
import { eventFilterFault } from '#events/event-filter.ts'
import {
  atLeast,
  atMost,
  eachFault,
  firstIssue,
  issuesOf,
  length,
  oneOf,
  required,
} from '#go-compat/validation-rules.ts'
import type { FieldIssue, Issues } from '#kernel/errors.ts'
import { namedValues } from '#kernel/named-values.ts'
import { byteLength } from '#kernel/text.ts'
import { maxFilterBytes } from '#records/access.ts'
import { payloadForms } from './webhook.ts'
import { targetFault, type TargetContext } from './target.ts'

const defaultTimeoutSeconds = 15

/** The body that creates a webhook; all members are optional in one that changes it. */
export const webhookForm = lazy(() =>
  z.object({
    name: z.string().default(''),
    url: z.string().default(''),
    /** Id or name. */
    collection: z.string().default(''),
    events: z.array(z.string()).default([...changeTypes]),
    filter: z.string().default(''),
    /** Names; empty for all. */
    fields: z.array(z.string()).default([]),
    payload: z.string().default('full'),
    ordered: z.boolean().default(false),
    headers: namedValues(z.string()).default({}),
    timeout: z.number().default(defaultTimeoutSeconds),
    enabled: z.boolean().default(true),
  }),
)

export type WebhookForm = z.output<ReturnType<typeof webhookForm>>

const maxNameLength = 200
const maxHeaders = 10
const maxHeaderBytes = 1000
const longestTimeoutSeconds = 30

/** All issues of a webhook. */
export function webhookIssues(form: WebhookForm, catalog: Catalog, target: TargetContext): Issues {
  const collection = catalog.collections.find(form.collection)
  return issuesOf({
    name: length(0, maxNameLength)(form.name),
    url: required(form.url) ?? targetFault(form.url, target),
    collection: firstIssue(form.collection, required) ?? collectionIssue(collection),
    events: firstIssue(form.events, required) ?? eachFault(form.events, oneOf(...changeTypes)),
    filter: collection && filterIssue(form.filter, catalog, collection),
    fields:
      collection &&
      eachFault(form.fields, oneOf(...publicFields(collection).map(({ name }) => name))),
    payload: firstIssue(form.payload, required, oneOf(...payloadForms)),
    headers: headersIssues(form.headers),
    timeout: firstIssue(form.timeout, required, atLeast(1), atMost(longestTimeoutSeconds)),
  })
}

function collectionIssue(collection: Collection | undefined): FieldIssue | undefined {
  if (collection !== undefined && collection.type !== 'view') return undefined
  return {
    code: 'validation_invalid_collection',
    message: 'Must be a collection that is not a view.',
  }
}

function filterIssue(
  filter: string,
  { collections }: Catalog,
  collection: Collection,
): FieldIssue | undefined {
  const tooLong = length(0, maxFilterBytes)(filter)
  if (tooLong !== undefined) return tooLong
  const fault = eventFilterFault(collections, collection, filter)
  if (fault === undefined) return undefined
  const { message, position } = fault
  return { code: 'validation_invalid_rule', message, params: { position } }
}

/** Headers that the delivery sets, or that would change how the connection is used. */
const reservedHeaders =
  /^(?:webhook-.*|content-type|content-length|host|connection|transfer-encoding|upgrade|te|trailer|keep-alive|proxy-.*|cf-.*|user-agent|accept-encoding|expect)$/i

function headersIssues(headers: Readonly<Record<string, string>>): Issues | FieldIssue | undefined {
  const entries = Object.entries(headers)
  const tooMany = length(0, maxHeaders)(entries)
  return (
    tooMany ??
    issuesOf(Object.fromEntries(entries.map(([name, value]) => [name, headerIssue(name, value)])))
  )
}

function headerIssue(name: string, value: string): FieldIssue | undefined {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || reservedHeaders.test(name)) {
    return { code: 'validation_header_name', message: 'Must be a header that is free to use.' }
  }
  if (byteLength(name) + byteLength(value) > maxHeaderBytes) {
    return { code: 'validation_header_size', message: `Must have at most ${maxHeaderBytes} bytes.` }
  }
  // Visible characters, with single spaces and tabs between them.
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/.test(value)
  return isPlain
    ? undefined
    : { code: 'validation_header_value', message: 'Must be visible ASCII characters.' }
}
