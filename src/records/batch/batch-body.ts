import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { ProxyTrust } from '#http/network/client-ip.ts'
import { partHeaders } from '#http/network/network-headers.ts'
import type { RecordBody } from '#http/body/record-body.ts'
import { queryMap } from '#http/query.ts'
import type { Upload } from '#http/body/upload.ts'
import { ApiError, type Issues, required } from '#kernel/errors.ts'
import { byteLength } from '#kernel/text.ts'
import type { Settings } from '#settings/settings.ts'
import type { BatchItem } from './batch.ts'
import { guestRequest } from '#records/request-info.ts'
import { recordErrors } from '#records/errors.ts'
import { namedValues } from '#kernel/named-values.ts'
import { dictionary } from '#kernel/dictionary.ts'

/** Maximum length of the URLs in a batch. */
const maxUrlLength = 2000

const batchBody = lazy(() =>
  z.object({
    requests: z
      .array(
        z.object({
          method: z.string().nullish(),
          url: z.string().nullish(),
          headers: namedValues(z.string()).nullish(),
          body: namedValues(z.unknown()).nullish(),
        }),
      )
      .nullish(),
  }),
)
type SubmittedRequest = NonNullable<z.output<ReturnType<typeof batchBody>>['requests']>[number]

/**
 * Parses the requests in the body of a batch.
 *
 * @throws {ApiError} `batchUnreadable`, `batchInvalid`
 */
export function readBatch(
  { data, files }: RecordBody,
  outer: RequestInfo,
  settings: Settings,
): BatchItem[] {
  const parsed = batchBody().safeParse(data)
  if (!parsed.success) throw new ApiError(recordErrors.batchUnreadable, { cause: parsed.error })

  const requests = parsed.data.requests ?? []
  const issues = batchIssues(requests, settings.batch.maxRequests)
  if (issues !== undefined) throw new ApiError(recordErrors.batchInvalid, { issues })
  return requests.map((request, position) =>
    itemOf(request, outer, settings, filesOf(files, position)),
  )
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

function batchIssues(requests: readonly SubmittedRequest[], max: number): Issues | undefined {
  if (requests.length === 0) return { requests: required }
  if (requests.length > max) {
    const params = { min: 0, max }
    const message = `The length must be no more than ${max}.`
    return { requests: { code: 'validation_length_too_long', message, params } }
  }
  const byPosition = dictionary<Issues>()
  for (const [position, request] of requests.entries()) {
    const issues = requestIssues(request)
    if (Object.keys(issues).length > 0) byPosition[String(position)] = issues
  }
  return Object.keys(byPosition).length === 0 ? undefined : { requests: byPosition }
}

function requestIssues({ method, url }: SubmittedRequest): Issues {
  const issues: Record<string, Issues[string]> = {}
  if (!method) issues['method'] = required
  else if (!methods.includes(method)) {
    issues['method'] = { code: 'validation_in_invalid', message: 'Must be a valid value.' }
  }
  if (!url) issues['url'] = required
  else if (byteLength(url) > maxUrlLength) {
    const params = { min: 0, max: maxUrlLength }
    const message = `The length must be no more than ${maxUrlLength}.`
    issues['url'] = { code: 'validation_length_too_long', message, params }
  }
  return issues
}

const onCollection = /^\/api\/collections\/([^/?]+)\/records(?:\?.*)?$/
const onRecord = /^\/api\/collections\/([^/?]+)\/records\/([^/?]+)(?:\?.*)?$/

const actions: Readonly<Record<string, { pattern: RegExp; action: BatchItem['action'] }>> = {
  POST: { pattern: onCollection, action: 'create' },
  PUT: { pattern: onCollection, action: 'upsert' },
  PATCH: { pattern: onRecord, action: 'update' },
  DELETE: { pattern: onRecord, action: 'delete' },
}

function itemOf(
  { method, url, headers, body }: SubmittedRequest,
  outer: RequestInfo,
  trust: ProxyTrust,
  files: RecordBody['files'],
): BatchItem {
  const known = actions[method ?? '']
  const match = known?.pattern.exec(url ?? '')
  const collection = segment(match?.[1])
  const id = segment(match?.[2])
  const isWellFormed = match && collection !== undefined && id !== undefined
  // A file replaces a value under the same key.
  const data = dictionary(Object.entries(body ?? {}).filter(([key]) => !files.has(key)))
  return {
    action: (isWellFormed && known?.action) || 'unknown',
    collection: collection ?? '',
    id: id ?? '',
    info: guestRequest({
      context: 'batch',
      method: method ?? '',
      query: match ? queryMap(`http://batch${url ?? ''}`) : {},
      headers: { ...outer.headers, ...partHeaders(headers ?? {}, trust) },
    }),
    body: { data, files },
    ifMatch: headerIn(headers, 'if-match'),
    mustBeNew: headerIn(headers, 'if-none-match')?.trim() === '*',
  }
}

function headerIn(headers: SubmittedRequest['headers'], name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([each]) => each.toLowerCase() === name)?.[1]
}

/** Decodes a segment of a path; undefined if it is malformed. */
function segment(text = ''): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    return undefined
  }
}

const filePart = /^requests(?:\.(\d+)|\[(\d+)\])\.(.+)$/

/** The files of one request, by the key in its body. */
function filesOf(files: RecordBody['files'], position: number): RecordBody['files'] {
  const own = new Map<string, readonly Upload[]>()
  for (const [name, list] of files) {
    const [, dotted, bracketed, key] = filePart.exec(name) ?? []
    if (key !== undefined && Number(dotted ?? bracketed) === position) own.set(key, list)
  }
  return own
}
