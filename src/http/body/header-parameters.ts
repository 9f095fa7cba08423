/** A parameter, or a semicolon with nothing after it. */
const parameter = /\s*;\s*(?:([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*)))?/gsy

/**
 * Parses the parameters of a header such as `form-data; name="a"`, by name in lower case. Values in
 * the extended notation (`name*`, `name*0`) are decoded and replace plain ones.
 *
 * @throws {SyntaxError} If the parameters are malformed, repeated or incomplete, or not in UTF-8.
 * @throws {URIError} If an escape is malformed.
 * @see https://www.rfc-editor.org/rfc/rfc2231
 */
export function parseParameters(header: string): Parameters {
  const start = header.indexOf(';')
  const list = start === -1 ? '' : header.slice(start)
  const parameters = new Map<string, string>()
  let end = 0
  for (const [text, name, quoted, plain = ''] of list.matchAll(parameter)) {
    end += text.length
    if (name === undefined) continue
    const key = name.toLowerCase()
    if (parameters.has(key)) throw new SyntaxError('A parameter of a header is repeated.')
    parameters.set(key, quoted?.replaceAll(/\\([()<>@,;:\\"/[\]?=])/g, '$1') ?? plain)
  }
  if (list.slice(end).trim() !== '') throw new SyntaxError('A header is malformed.')
  return withExtended(parameters)
}

type Parameters = ReadonlyMap<string, string>

function withExtended(parameters: Parameters): Parameters {
  const extended = [...parameters.keys()].filter((key) => key.includes('*'))
  const names = new Set(extended.map((key) => key.slice(0, key.indexOf('*'))))
  const all = new Map([...parameters].filter(([key]) => !key.includes('*')))
  let count = 0
  for (const name of names) {
    const sections = sectionsOf(parameters, name)
    all.set(name, decodeURIComponent(sections.join('')))
    count += sections.length
  }
  if (count < extended.length) throw new SyntaxError('A parameter of a header is incomplete.')
  return all
}

/** The percent-encoded sections of a parameter, in order. */
function sectionsOf(parameters: Parameters, name: string): string[] {
  const whole = parameters.get(`${name}*`)
  if (whole !== undefined) return [withoutCharset(whole)]

  const sections: string[] = []
  for (;;) {
    const key = `${name}*${sections.length}`
    const plain = parameters.get(key)
    const encoded = parameters.get(`${key}*`)
    if (plain !== undefined) sections.push(encodeURIComponent(plain))
    else if (encoded === undefined) return sections
    else sections.push(sections.length === 0 ? withoutCharset(encoded) : encoded)
  }
}

function withoutCharset(value: string): string {
  const [prefix = ''] = /^(?:utf-8|us-ascii)'[^']*'/i.exec(value) ?? []
  if (prefix === '') throw new SyntaxError('A parameter of a header is not in UTF-8.')
  return value.slice(prefix.length)
}
