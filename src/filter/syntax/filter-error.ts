/** The reason a filter, rule or sort was rejected, and its position. */
export class FilterError {
  readonly message: string
  /** Index into the string, in UTF-16 units. */
  readonly position: number
  /** True if the filter is valid but exceeds a limit of the database. */
  readonly isLimit: boolean

  constructor(message: string, position: number, kind: 'meaning' | 'limit' = 'meaning') {
    this.message = message
    this.position = position
    this.isLimit = kind === 'limit'
  }
}
