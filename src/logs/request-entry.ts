import type { RequestUse } from '#http/server-timing.ts'
import { formatDate } from '#kernel/dates.ts'
import { newId } from '#kernel/random.ts'
import { decoded, redactAddress, redactText } from '#kernel/redact.ts'
import { type LogEntry, logLevels } from './log-entry.ts'

/** A finished request, limited to what a log may contain. */
export interface AnsweredRequest {
  readonly method: string
  /** Path and query, as sent. */
  readonly address: string
  readonly status: number
  readonly milliseconds: number
  /** The address of the peer. */
  readonly remoteIP: string
  /** The address of the client, according to trusted proxies. */
  readonly userIP: string
  readonly referer: string
  readonly userAgent: string
  /** The caller, confirmed by the database; undefined for guests. */
  readonly caller: { readonly collectionName: string; readonly recordId: string } | undefined
  /** The error; undefined for a success. */
  readonly refusal:
    | { readonly message: string; readonly details: unknown; readonly rule: string | undefined }
    | undefined
  readonly requestId: string
  /** The pattern of the route, such as `/api/collections/:collection/records`; empty if none fits. */
  readonly route: string
  /** The data centre and country of the request; empty on other hosts. */
  readonly colo: string
  readonly country: string
  /** Undefined for a request that needed neither database nor sessions. */
  readonly use: RequestUse | undefined
}

/** Options for log entries. */
export interface EntryOptions {
  readonly logIP: boolean
  readonly logAuthId: boolean
}

/** Maximum lengths of strings that a client chooses. */
const maxAddressLength = 3000
const maxTextLength = 2000

/**
 * Makes an id that begins with its time, so that new ids come last in the index of the table: entries
 * with random ids would each change another page of it, which takes several times as long.
 */
function newEntryId(now: Date): string {
  const time = now.getTime().toString(36).padStart(9, '0')
  return time + newId().slice(time.length)
}

/**
 * Creates the log entry of a request. It contains no bodies, no secret headers, and no token in the
 * URL.
 */
export function requestEntry(
  request: AnsweredRequest,
  { logIP, logAuthId }: EntryOptions,
  now: Date,
): LogEntry {
  const { method, status, caller, refusal, use } = request
  const rowsRead = use === undefined ? 0 : use.database.rowsRead
  const url = redactAddress(cut(request.address, maxAddressLength))
  const readable = decoded(url)
  return {
    id: newEntryId(now),
    created: formatDate(now),
    level: levelOf(status),
    message: `${method} ${readable === url ? url : redactAddress(readable)}`,
    data: {
      auth: caller?.collectionName ?? '',
      ...(logAuthId ? { authId: caller?.recordId ?? '' } : {}),
      colo: request.colo,
      country: request.country,
      d1Batches: use?.database.batches ?? 0,
      d1Ms: use?.database.milliseconds ?? 0,
      ...(rowsRead === undefined ? {} : { d1RowsRead: rowsRead }),
      d1RowsWritten: use?.database.rowsWritten ?? 0,
      ...(refusal === undefined
        ? {}
        : {
            details: limited(refusal.details),
            error: withoutRawError(redactText(refusal.message)),
          }),
      execTime: request.milliseconds,
      kvReads: use?.sessionReads ?? 0,
      kvWrites: use?.sessionWrites ?? 0,
      method,
      referer: redactAddress(cut(request.referer, maxTextLength)),
      ...(logIP ? { remoteIP: request.remoteIP } : {}),
      requestId: request.requestId,
      route: request.route,
      ...(refusal?.rule === undefined ? {} : { rule: refusal.rule }),
      status,
      type: 'request',
      url,
      userAgent: redactText(cut(request.userAgent, maxTextLength)),
      ...(logIP ? { userIP: request.userIP } : {}),
    },
  }
}

/** The level of a request's entry. */
export function levelOf(status: number): number {
  return status < 400 ? logLevels.info : logLevels.error
}

/** Details without tokens. Long ones are cut off and become a string. */
function limited(details: unknown): unknown {
  const text = redactText(JSON.stringify(details))
  return text.length > maxTextLength ? cut(text, maxTextLength) : JSON.parse(text)
}

/**
 * The beginning of a string. It is cut before secrets are searched, so that a client cannot prolong
 * the search. A token that is cut off is still recognised.
 */
function cut(text: string, length: number): string {
  return text.slice(0, length).toWellFormed()
}

/**
 * Removes the message of another program, which may repeat any part of the request, such as a
 * literal in SQL.
 */
function withoutRawError(message: string): string {
  return message.replace(/(?<=Raw error:)[\s\S]+$/, ' ***')
}
