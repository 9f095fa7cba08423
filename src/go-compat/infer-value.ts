const canonicalNumber = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/

/** The maximum length of a number. Stops a client that sends a million digits. */
const maxLength = 400

/**
 * Infers the typed value of a form's string: a boolean, a number, or the string itself. A string
 * that would change as a number (`007`, `1.0`, `1e3`, 20 digits) stays a string.
 */
export function inferValue(text: string): string | number | boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  if (text.length > maxLength || !canonicalNumber.test(text)) return text
  const value = Number(text)
  return significantDigits(value.toExponential()) === significantDigits(text) ? value : text
}

/** The significant digits of a decimal number, without exponent, point and outer zeros. */
function significantDigits(number: string): string {
  return number.replace(/e.*$|[-.]/g, '').replace(/^0+|0+$/g, '')
}
