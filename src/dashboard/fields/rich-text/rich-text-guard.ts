/*
 * An editor drops markup that it has no node for. Before a stored value is edited as it looks, what
 * the editor made of it is compared with what is stored.
 */

/** HTML without style attributes, which the policy of the page would complain about. */
export function withoutStyles(html: string): string {
  const body = parse(html)
  for (const element of body.querySelectorAll('[style]')) element.removeAttribute('style')
  return body.innerHTML
}

/** True when two texts of HTML have the same elements, attributes and words. */
export function sameMarkup(a: string, b: string): boolean {
  return normalised(a) === normalised(b)
}

/** Attributes that the editor adds and that mean nothing here. */
const added = ['target', 'rel', 'colspan', 'rowspan']

function normalised(html: string): string {
  const body = parse(html)
  const attributes = (element: Element): string =>
    [...element.attributes]
      .filter(
        ({ name, value }) => !added.includes(name) || (name.endsWith('span') && value !== '1'),
      )
      .map(({ name, value }) => `${name}=${value}`)
      .toSorted()
      .join(' ')
  const write = (node: Node): string => {
    if (node instanceof Text) return node.data.replace(/\s+/g, ' ')
    if (!(node instanceof Element)) return ''
    const name = sameNames.get(node.localName) ?? node.localName
    return `<${name} ${attributes(node)}>${[...node.childNodes].map(write).join('').trim()}</${name}>`
  }
  return [...body.childNodes].map(write).join('').replaceAll(/> </g, '><')
}

/** Elements that say the same. */
const sameNames = new Map([
  ['b', 'strong'],
  ['i', 'em'],
  ['del', 's'],
])

function parse(html: string): HTMLElement {
  return new DOMParser().parseFromString(html, 'text/html').body
}
