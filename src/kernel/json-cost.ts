import { budget } from './budget.ts'

const quote = 0x22
const comma = 0x2c
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const letterU = 0x75
const openBrace = 0x7b
const closeBrace = 0x7d

/**
 * Checks a JSON document before it is parsed.
 *
 * @throws {SyntaxError} For more levels or members than the budget of a request allows.
 */
export function assertAffordableJson(text: string): void {
  let members = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const end = endOfString(text, at)
      members += membersWithin(text, at, end)
      at = end
    } else if (code === comma) {
      members++
    } else if (code === openBracket || code === openBrace) {
      members++
      depth++
    } else if (code === closeBracket || code === closeBrace) {
      depth--
    }
    if (depth > budget.jsonDepth) throw new SyntaxError('The document is nested too deeply.')
    if (members > budget.jsonMembers) throw tooManyMembers()
  }
}

/**
 * Checks the strings of a form, since a field may parse each of them as JSON.
 *
 * @throws {SyntaxError} For more members than the budget of a request allows.
 */
export function assertAffordable(texts: Iterable<string>): void {
  let members = 0
  for (const text of texts) members += membersWithin(text, 0, text.length)
  if (members > budget.jsonMembers) throw tooManyMembers()
}

function tooManyMembers(): SyntaxError {
  return new SyntaxError('The document has too many members.')
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== quote) {
    at += text.charCodeAt(at) === backslash ? 2 : 1
  }
  return at
}

/** Counts the members of a string that may be JSON itself. A string without a bracket has none. */
function membersWithin(text: string, start: number, end: number): number {
  let brackets = 0
  let commas = 0
  for (let at = start; at < end; at++) {
    let code = text.charCodeAt(at)
    if (code === backslash && text.charCodeAt(at + 1) === letterU) {
      code = Number.parseInt(text.slice(at + 2, at + 6), 16)
    }
    if (code === comma) commas++
    else if (code === openBracket || code === openBrace) brackets++
  }
  return brackets === 0 ? 0 : brackets + commas
}
