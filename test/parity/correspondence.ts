/*
 * Two servers generate different ids, times and tokens for the same requests. This class
 * distinguishes them from real differences: a generated value of one side corresponds to exactly
 * one value of the other for the whole run.
 */

const patterns = {
  token: String.raw`eyJ[\w-]+\.[\w-]+\.[\w-]+`,
  moment: String.raw`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?Z`,
  clone: String.raw`_clone_[A-Za-z0-9]{4}`,
  index: String.raw`(?<=idx_(?:tokenKey|email)_)[A-Za-z0-9]{10}(?![A-Za-z0-9])`,
  view: String.raw`(?<=temp_view_)[A-Za-z0-9]{5}`,
  secret: String.raw`(?<![A-Za-z0-9])[A-Za-z0-9]{50}(?![A-Za-z0-9])`,
  // The random part of a stored file's name, and what fills up a name that is too short.
  padded: String.raw`(?<![A-Za-z0-9])[a-z0-9]{10,12}(?=_[a-z0-9]{10}(?![A-Za-z0-9_]))`,
  file: String.raw`(?<=[a-z0-9]_)[a-z0-9]{10}(?![A-Za-z0-9_])`,
  id: String.raw`(?<![A-Za-z0-9])[a-z0-9]{15}(?![A-Za-z0-9])`,
}

type Kind = keyof typeof patterns

/** Names without references, which may be generated again at every change. */
const drawnAnew: ReadonlySet<Kind> = new Set(['clone', 'index', 'view'])

const generated = new RegExp(
  Object.entries(patterns)
    .map(([kind, pattern]) => `(?<${kind}>${pattern})`)
    .join('|'),
  'g',
)

/** The tolerance for times that are now, and for the expiry of tokens. */
const toleranceMilliseconds = 30_000

interface Piece {
  readonly kind: Kind
  readonly text: string
}

/** The correspondence of generated values. */
export class Correspondence {
  readonly #rightOf = new Map<string, string>()
  readonly #leftOf = new Map<string, string>()
  readonly #sent = new Set<string>()
  readonly #startedAt = Date.now()

  /** Records the values in a request: a sent value was not generated. */
  noteSent(text: string): void {
    for (const [piece] of text.matchAll(generated)) this.#sent.add(piece)
  }

  /** The right side's counterpart of a value, if there is one. */
  rightOf(left: string): string {
    return this.#rightOf.get(left) ?? left
  }

  /** True if two texts agree. Binds values that occur for the first time. */
  agree(left: string, right: string): boolean {
    if (left === right) return true
    const leftPieces = pieces(left)
    const rightPieces = pieces(right)
    if (leftPieces.length === 0 || leftPieces.length !== rightPieces.length) return false
    if (left.replaceAll(generated, '\0') !== right.replaceAll(generated, '\0')) return false
    return leftPieces.every((piece, i) => {
      const other = rightPieces[i]
      return other !== undefined && piece.kind === other.kind && this.#agreePiece(piece, other)
    })
  }

  #agreePiece(left: Piece, right: Piece): boolean {
    if (left.text === right.text) return true
    if (left.kind === 'moment') return this.#areNow(left.text, right.text)
    if (drawnAnew.has(left.kind)) return true
    if (left.kind === 'token') return this.#agreeTokens(left.text, right.text)
    if (this.#sent.has(left.text) || this.#sent.has(right.text)) return false

    const bound = this.#rightOf.get(left.text)
    if (bound !== undefined || this.#leftOf.has(right.text)) return bound === right.text
    this.#rightOf.set(left.text, right.text)
    this.#leftOf.set(right.text, left.text)
    return true
  }

  #areNow(left: string, right: string): boolean {
    const [a, b] = [Date.parse(left), Date.parse(right)]
    return (
      Math.min(a, b) >= this.#startedAt - toleranceMilliseconds &&
      Math.abs(a - b) <= toleranceMilliseconds
    )
  }

  /** Tokens agree if their claims do: account, purpose and expiry. */
  #agreeTokens(left: string, right: string): boolean {
    const [a, b] = [claims(left), claims(right)]
    if (a === undefined || b === undefined) return false
    const names = ['type', 'collectionId', 'refreshable', 'email', 'newEmail']
    return (
      names.every((name) => a[name] === b[name]) &&
      this.agree(String(a['id']), String(b['id'])) &&
      Math.abs(Number(a['exp']) - Number(b['exp'])) * 1000 <= toleranceMilliseconds
    )
  }
}

function pieces(text: string): Piece[] {
  return [...text.matchAll(generated)].map((match) => {
    const kind = Object.keys(patterns).find((name) => match.groups?.[name] !== undefined)
    return { kind: kind as Kind, text: match[0] }
  })
}

function claims(token: string): Record<string, unknown> | undefined {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    return JSON.parse(payload) as Record<string, unknown>
  } catch {
    return undefined
  }
}
