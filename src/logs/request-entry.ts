import { formatDate } from '#kernel/dates.ts'
import { newId } from '#kernel/random.ts'
import { decoded, redactAddress, redactText } from '#kernel/redact.ts'
import { type LogEntry, logLevels } from './log-entry.ts'

/** A request that was answered, as far as a log may know it. */
export interface AnsweredRequest {
  readonly method: string
  /** Path and query, as sent. */
  readonly address: string
  readonly status: number
  readonly milliseconds: number
  /** The address of the other end of the connection. */
  readonly remoteIP: string
  /** The address of the client, as trusted proxies tell it. */
  readonly userIP: string
  readonly referer: string
  readonly userAgent: string
  /** The caller, confirmed by the database; undefined for guests. */
  readonly caller: { readonly collectionName: string; readonly recordId: string } | undefined
  /** Why it was refused; undefined for a success. */
  readonly refusal: { readonly message: string; readonly details: unknown } | undefined
}

/** The settings for entries. */
export interface EntryOptions {
  readonly logIP: boolean
  readonly logAuthId: boolean
}

/** The maximum lengths of strings a client chooses. */
const maxAddressLength = 3000
const maxTextLength = 2000

/** The entry of a request. Neither bodies nor headers with secrets are part of it, and no token in its address. */
export function requestEntry(
  request: AnsweredRequest,
  { logIP, logAuthId }: EntryOptions,
  now: Date,
): LogEntry {
  const { method, status, caller, refusal } = request
  const url = redactAddress(cut(request.address, maxAddressLength))
  return {
    id: newId(),
    created: formatDate(now),
    level: refusal === undefined ? logLevels.info : logLevels.error,
    message: `${method} ${redactAddress(decoded(url))}`,
    data: {
      auth: caller?.collectionName ?? '',
      ...(logAuthId ? { authId: caller?.recordId ?? '' } : {}),
      ...(refusal === undefined
        ? {}
        : {
            details: limited(refusal.details),
            error: withoutRawError(redactText(refusal.message)),
          }),
      execTime: request.milliseconds,
      method,
      referer: redactAddress(cut(request.referer, maxTextLength)),
      ...(logIP ? { remoteIP: request.remoteIP } : {}),
      status,
      type: 'request',
      url,
      userAgent: redactText(cut(request.userAgent, maxTextLength)),
      ...(logIP ? { userIP: request.userIP } : {}),
    },
  }
}

/** Details without tokens; as a text that breaks off if they are many. */
function limited(details: unknown): unknown {
  const text = redactText(JSON.stringify(details))
  return text.length > maxTextLength ? cut(text, maxTextLength) : JSON.parse(text)
}

/**
 * The beginning of a text. It is cut before secrets are looked for, so that a client does not
 * choose how long that takes; a token that is cut off is still seen to be one.
 */
function cut(text: string, length: number): string {
  return text.slice(0, length).toWellFormed()
}

/** Removes another program's message, which may repeat any part of the request, such as a literal in SQL. */
function withoutRawError(message: string): string {
  return message.replace(/(?<=Raw error:)[\s\S]+$/, ' ***')
}
