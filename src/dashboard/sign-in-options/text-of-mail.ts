const blocks = new Set(['P', 'DIV', 'LI', 'H1', 'H2', 'H3', 'TR', 'UL', 'OL', 'TABLE'])

/** The text of a mail, with the targets of its links. The markup is parsed but never shown. */
export function textOfMail(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return textOf(body)
    .replaceAll(/[ \t]*\n[ \t]*/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

function textOf(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return (node.textContent ?? '').replaceAll(/\s+/g, ' ')
  if (!(node instanceof Element) || ['SCRIPT', 'STYLE'].includes(node.tagName)) return ''
  if (node.tagName === 'BR') return '\n'
  const inner = [...node.childNodes].map(textOf).join('')
  const target = node.tagName === 'A' ? node.getAttribute('href') : null
  const linked = target === null ? inner : `${inner} <${target}>`
  return blocks.has(node.tagName) ? `\n${linked}\n` : linked
}
