/*
 * What keeps secrets out of logs. Tokens and codes travel in addresses: as query parameters, in the
 * path of a mailed link, in the referrer of the page behind it. Each is replaced before an address
 * is written down, also where it is escaped.
 */

const replacement = '***'

/** Names of values that grant access. */
const secretName =
  /token|secret|passw|passphrase|signature|credential|(?:api|access|private).?key|verifier|authorization|bearer|cookie|session|(?:auth|otp|device).?code|^(?:auth|code|state|jwt|otp|key|pass|pin|pw|pwd|sid|sig)$/i

/** The same before a value in an address or a filter of its own. */
const secretInValue =
  /(?:token|secret|passw|signature|credential)\w*["'\])]?\s*(?:[!?]{0,2}[=~<>]|:)|(?:^|[?&#;])(?:[\w-]*key|[\w-]*code|state|jwt|otp|pass|pin|pw|pwd|sid|sig|auth)=|\/\/[^/?#@\s]+@/i

/** A JSON web token, wherever it stands. */
const webToken = /eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g

/** The credentials before the host of a URL. */
const userInfo = /\/\/[^/?#@\s]*@/g

/** An address without the secrets in it; what is no secret stays as it was written. */
export function redactAddress(address: string): string {
  const start = address.indexOf('?')
  const [head, query] = start < 0 ? [address, ''] : [address.slice(0, start), address.slice(start)]
  // A fragment never reaches a server; one in a referrer can only be a mistake.
  const path = head.replace(/#.+$/s, `#${replacement}`).replace(userInfo, `//${replacement}@`)
  return path.replace(/[^/]+/g, redactPart) + query.replace(/[^?&#;]+/g, redactPair)
}

/** A text without the tokens in it. */
export function redactText(text: string): string {
  return text.replace(webToken, replacement)
}

/** A text with its escapes read, as far as they can be. */
export function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}

/** A part of an address; nothing of it if a token shows only once its escapes are read. */
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

/** A URL within a URL has its escapes escaped; deeper nesting does not occur. */
const maxEscapings = 3

function readAll(text: string): string {
  let read = text
  for (let depth = 0; depth < maxEscapings && read.includes('%'); depth++) read = decoded(read)
  return read
}
