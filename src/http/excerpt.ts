import { Parser } from 'htmlparser2'

/** How a text is shortened. */
export interface ExcerptOptions {
  /** Unicode code points to keep. */
  readonly max: number
  /** Ends a text that was cut with `...`. */
  readonly withEllipsis: boolean
}

/** Elements whose content is no prose. */
const skippedTags = new Set(
  (
    'head style script iframe embed applet object svg img picture dialog template button form ' +
    'textarea input select option'
  ).split(' '),
)

/** Elements that do not part the words around them. */
const inlineTags = new Set(
  'a abbr acronym b bdo big br button cite code em i label q small span strong strike sub sup time'.split(
    ' ',
  ),
)

/** A document has these whether or not they are written, so that writing them says nothing. */
const impliedTags = new Set(['html', 'head', 'body'])

/** Elements that belong to the invisible head while nothing of the body has come. */
const headTags = new Set(['title', 'noscript', 'noframes', 'base', 'link', 'meta', 'basefont'])

/** Plain prose from HTML: tags removed, entities decoded, white space collapsed, cut to a length. */
export function excerpt(html: string, { max, withEllipsis }: ExcerptOptions): string {
  const characters = Array.from(prose(html, max))
  const text = characters.join('')
  if (characters.length <= max) return text
  return characters.slice(0, max).join('').trim() + (withEllipsis ? '...' : '')
}

/** The text of a document. Elements past `enough` bytes are left out, their neighbours' text is not. */
function prose(html: string, enough: number): string {
  const encoder = new TextEncoder()
  let text = ''
  let bytes = 0
  let hasBody = false
  /** The depth inside of an element that is skipped; zero outside. */
  let skipDepth = 0

  function write(part: string): void {
    text += part
    bytes += encoder.encode(part).length
  }

  function partWords(tag: string): void {
    if (!inlineTags.has(tag) && !text.endsWith(' ')) write(' ')
  }

  const parser = new Parser({
    onopentagname(tag) {
      if (impliedTags.has(tag)) return
      if (skipDepth > 0) {
        skipDepth++
        return
      }
      const isInHead = !hasBody && (headTags.has(tag) || skippedTags.has(tag))
      hasBody ||= !isInHead
      if (skippedTags.has(tag) || isInHead) {
        skipDepth = 1
        return
      }
      partWords(tag)
      if (bytes > enough + 2) skipDepth = 1
    },
    onclosetag(tag) {
      if (impliedTags.has(tag)) return
      if (skipDepth > 0) skipDepth--
      if (skipDepth === 0 && !skippedTags.has(tag)) partWords(tag)
    },
    ontext(part) {
      if (skipDepth > 0) return
      const collapsed = part.replaceAll('\0', '').replace(/[\t\n\f\r ]+/g, ' ')
      hasBody ||= collapsed.trim() !== ''
      write(text.endsWith(' ') ? collapsed.replace(/^ /, '') : collapsed)
    },
  })
  // At the very end the parser takes some unfinished tags for text: `<p`, but not `<p `.
  parser.end(/<[a-z]+$/i.test(html) ? `${html} ` : html)
  return text.trim()
}
