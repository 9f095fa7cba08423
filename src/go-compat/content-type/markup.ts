/** An attribute of a tag. */
export interface Attribute {
  readonly name: string
  readonly value: string
}

const attribute =
  /^[\t\n\f\r /]*([^\t\n\f\r />=][^\t\n\f\r />=]*)[\t\n\f\r ]*(?:=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^\t\n\f\r >"'][^\t\n\f\r >]*)))?/

/** The attributes of the tag that continues at a position, up to its end. */
export function attributesOf(text: string, at: number): Attribute[] {
  const attributes: Attribute[] = []
  for (let rest = text.slice(at); ;) {
    const found = attribute.exec(rest)
    if (found === null) return attributes
    const [whole, name = '', double, single, bare] = found
    attributes.push({ name, value: double ?? single ?? bare ?? '' })
    rest = rest.slice(whole.length)
  }
}
