/*
 * Keeps secrets out of logs. Tokens and codes occur in URLs: in query parameters, in the path of a
 * mailed link, and in the referrer of the page it opens. Each is replaced before a URL is logged,
 * even if it is percent-encoded.
 */

const replacement = '***'

/** Names of values that grant access. */
const secretName =
  /token|secret|passw|passphrase|signature|credential|(?:api|access|private).?key|verifier|authorization|bearer|cookie|session|(?:auth|otp|device).?code|^(?:auth|code|state|jwt|otp|key|pass|pin|pw|pwd|sid|sig)$/i

/** The same names before a value in a nested URL or a filter. */
const secretInValue =
  /(?:token|secret|passw|signature|credential)\w*["'\])]?\s*(?:[!?]{0,2}[=~<>]|:)|(?:^|[?&#;])(?:[\w-]*key|[\w-]*code|state|jwt|otp|pass|pin|pw|pwd|sid|sig|auth)=|\/\/[^/?#@\s]+@/i

/** A JSON web token, anywhere in a string. */
const webToken = /eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g

/** The credentials before the host of a URL. */
const userInfo = /\/\/[^/?#@\s]*@/g

/** Without any of these an address has neither a query nor a token. */
const suspicion = /[%?#@]|eyJ/

/** Removes the secrets from a URL and leaves the rest unchanged. */
export function redactAddress(address: string): string {
  if (!suspicion.test(address)) return address
  const start = address.indexOf('?')
  const [head, query] = start < 0 ? [address, ''] : [address.slice(0, start), address.slice(start)]
  // A fragment never reaches a server. In a referrer it can only be a mistake.
  const path = head.replace(/#.+$/s, `#${replacement}`).replace(userInfo, `//${replacement}@`)
  return path.replace(/[^/]+/g, redactPart) + query.replace(/[^?&#;]+/g, redactPair)
}

/** Removes tokens from a string. */
export function redactText(text: string): string {
  return text.replace(webToken, replacement)
}

/** Percent-decodes a string as far as possible. */
export function decoded(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}

/** Redacts one part of a URL, or all of it if a token shows only after decoding. */
function redactPart(part: string): string {
  const text = readAll(part)
  const redacted = redactText(text)
  if (redacted === text) return part
  return text === part ? redacted : replacement
}

function redactPair(pair: string): string {
  const end = pair.indexOf('=')
  if (end < 0) return redactPart(pair)
  const [name, value] = [pair.slice(0, end), pair.slice(end + 1)]
  const isSecret = secretName.test(readAll(name)) || secretInValue.test(readAll(value))
  return `${redactPart(name)}=${isSecret ? replacement : redactPart(value)}`
}

/** A URL within a URL is escaped twice. Deeper nesting does not occur. */
const maxEscapings = 3

function readAll(text: string): string {
  let read = text
  for (let depth = 0; depth < maxEscapings && read.includes('%'); depth++) read = decoded(read)
  return read
}
