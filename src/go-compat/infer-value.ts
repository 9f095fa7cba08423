const canonicalNumber = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/

/** The maximum length of a number. Stops a client that sends a million digits. */
const maxLength = 400

/**
 * The typed value of a form's text: a boolean, a number that is written just so, or the text.
 * What would read differently once it was a number (`007`, `1.0`, `1e3`, 20 digits) stays a text.
 */
export function inferValue(text: string): string | number | boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  if (text.length > maxLength || !canonicalNumber.test(text)) return text
  const value = Number(text)
  return significantDigits(value.toExponential()) === significantDigits(text) ? value : text
}

/** The digits that matter in a decimal number, without exponent, point and outer zeros. */
function significantDigits(number: string): string {
  return number.replace(/e.*$|[-.]/g, '').replace(/^0+|0+$/g, '')
}
