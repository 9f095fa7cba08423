import { Parser } from 'htmlparser2'

const paragraphs = new Set(
  'p div section article header footer blockquote pre table ul ol hr h1 h2 h3 h4 h5 h6'.split(' '),
)
const lines = new Set(['br', 'li', 'tr', 'dt', 'dd'])
const unseen = new Set(['head', 'style', 'script', 'title', 'template', 'noscript'])

/**
 * Converts the HTML of a mail to plain text. Paragraphs are separated, list items begin with a
 * dash, and a link is followed by its URL in angle brackets, which mark its end (RFC 3986, appendix
 * C).
 */
export function htmlToText(html: string): string {
  const writer = new TextWriter()
  const parser = new Parser({
    onopentag: (name, attributes) => writer.open(name, attributes),
    ontext: (text) => writer.text(text),
    onclosetag: (name) => writer.close(name),
  })
  parser.end(html)
  return writer.result()
}

class TextWriter {
  #text = ''
  /** The number of open elements that are not rendered. */
  #unseenDepth = 0
  /** Open links: the target of each, and the start of its text. */
  readonly #links: { readonly href: string; readonly start: number }[] = []

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (unseen.has(name)) this.#unseenDepth++
    if (paragraphs.has(name)) this.#breakLine(2)
    if (lines.has(name)) this.#breakLine(1)
    if (name === 'li') this.#text += '- '
    if (name === 'a') this.#links.push({ href: attributes['href'] ?? '', start: this.#text.length })
  }

  text(text: string): void {
    if (this.#unseenDepth > 0) return
    const collapsed = text.replace(/\s+/g, ' ')
    const isLineStart = this.#text === '' || /\s$/.test(this.#text)
    this.#text += isLineStart ? collapsed.trimStart() : collapsed
  }

  close(name: string): void {
    if (unseen.has(name)) this.#unseenDepth--
    if (paragraphs.has(name)) this.#breakLine(2)
    if (name === 'a') this.#closeLink()
  }

  result(): string {
    return `${this.#text.trim()}\n`
  }

  #closeLink(): void {
    const link = this.#links.pop()
    if (link === undefined || link.href === '') return
    const label = this.#text.slice(link.start).trim()
    if (label === link.href) return
    if (label === '') this.text(` ${link.href}`)
    else this.#text += ` <${link.href}>`
  }

  /** Ends the line. Two breaks leave an empty line after it. */
  #breakLine(count: 1 | 2): void {
    const ended = this.#text.trimEnd()
    const breaks = /\s*$/.exec(this.#text)?.[0].split('\n').length ?? 1
    if (ended === '') return
    this.#text = ended + '\n'.repeat(Math.max(count, Math.min(breaks - 1, 2)))
  }
}
