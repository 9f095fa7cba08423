/** Why a filter, rule or sort was refused, and where in its text. */
export class FilterError {
  readonly message: string
  /** Index into the text, in UTF-16 units. */
  readonly position: number
  /** Whether the text is right, and only larger than the database takes. */
  readonly isLimit: boolean

  constructor(message: string, position: number, kind: 'meaning' | 'limit' = 'meaning') {
    this.message = message
    this.position = position
    this.isLimit = kind === 'limit'
  }
}
