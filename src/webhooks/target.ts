/*
 * The URLs that a webhook may have. A URL that leads into a private network would let its author
 * send requests from inside, and read the answers in the log.
 */
import { hostKind } from '#go-compat/public-address.ts'
import type { FieldIssue } from '#kernel/errors.ts'

/** The deployment that a URL is for. */
export interface TargetContext {
  /** True in local development, where `http` to this machine is allowed. */
  readonly isLocal: boolean
  /** The host names of the deployment itself. */
  readonly ownHosts: readonly string[]
}

const maxLength = 2000
/** Ports below are for other protocols, save the one of HTTPS. */
const firstFreePort = 1024

/** The issue of a URL; undefined if a webhook may have it. */
export function targetFault(text: string, context: TargetContext): FieldIssue | undefined {
  const reason = reasonAgainst(text, context)
  return reason === undefined ? undefined : { code: 'webhook_url_refused', message: reason }
}

function reasonAgainst(text: string, { isLocal, ownHosts }: TargetContext): string | undefined {
  if (text.length > maxLength) return `Must have at most ${maxLength} characters.`
  if (!URL.canParse(text)) return 'Must be a valid URL.'
  // The parser has turned decimal, octal and hexadecimal addresses into the usual form.
  const { protocol, hostname, port, username, password, hash } = new URL(text)
  const host = hostname.replace(/\.$/, '').toLowerCase()
  if (username !== '' || password !== '') return 'Must not contain a user name or password.'
  if (hash !== '') return 'Must not contain a fragment.'
  if (isLocal && isLoopback(host)) {
    return /^https?:$/.test(protocol) ? undefined : 'Must begin with "http://" or "https://".'
  }
  if (protocol !== 'https:') return 'Must begin with "https://".'
  if (port !== '' && Number(port) < firstFreePort) return 'The port must be 443, or 1024 or higher.'
  if (ownHosts.includes(host)) return 'Must not lead back to this deployment.'
  return hostFaults[hostKind(host)]
}

const hostFaults = {
  public: undefined,
  'inner address': 'Must not be a private or special address.',
  'inner name': 'Must be a name on the public internet.',
} as const

function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host)
}
