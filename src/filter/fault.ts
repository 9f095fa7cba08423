/** Why a filter, rule or sort was refused, and where in its text. */
export class FilterFault {
  readonly message: string
  /** Index into the text, in UTF-16 units. */
  readonly position: number

  constructor(message: string, position: number) {
    this.message = message
    this.position = position
  }
}
