/**
 * The code that a mail tells, as its reader would find it: the one number of at least four digits
 * that stands alone in its text. Undefined where there is none, or more than one.
 */
export function codeIn(text: string): string | undefined {
  const found = text.match(/(?<!\S)\d{4,}(?=[.,;:!]?(?:\s|$))/g) ?? []
  const [code, ...others] = new Set(found)
  return others.length === 0 ? code : undefined
}
