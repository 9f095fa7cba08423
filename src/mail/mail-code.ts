/**
 * Finds the code in a mail as a reader would: the only standalone number of at least four digits.
 * Undefined if there is none, or more than one.
 */
export function codeIn(text: string): string | undefined {
  const found = text.match(/(?<!\S)\d{4,}(?=[.,;:!]?(?:\s|$))/g) ?? []
  const [code, ...others] = new Set(found)
  return others.length === 0 ? code : undefined
}
