/*
 * What keeps secrets out of logs. Tokens and codes travel in addresses: as query parameters, in the
 * path of a mailed link, in the referrer of the page behind it. Each is replaced before an address
 * is written down.
 */

const replacement = '***'

/** Names of values that let somebody in. */
const secretName =
  /token|secret|passw|signature|credential|api.?key|verifier|authorization|^(?:code|state|jwt|otp|key|pin)$/i

/** The same before a value that is an address of its own. */
const secretInValue = /(?:token|secret|passw\w*|signature|credential|code|state)=/i

/** A JSON web token, wherever it stands. */
const webToken = /eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g

/** An address without the secrets in it; what is no secret stays as it was written. */
export function redactAddress(address: string): string {
  const start = address.indexOf('?')
  const [head, query] = start < 0 ? [address, ''] : [address.slice(0, start), address.slice(start)]
  // A fragment never reaches a server; one in a referrer can only be somebody's mistake.
  const path = head.replace(/#.+$/s, `#${replacement}`)
  return redactText(path + query.replace(/[^?&#;]+/g, redactPair))
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

function redactPair(pair: string): string {
  const end = pair.indexOf('=')
  if (end < 0) return pair
  const [name, value] = [pair.slice(0, end), pair.slice(end + 1)].map(decoded)
  const isSecret = secretName.test(name ?? '') || secretInValue.test(value ?? '')
  return isSecret ? `${pair.slice(0, end)}=${replacement}` : pair
}
