import { Parser } from 'htmlparser2'

/** Options for shortening a string. */
export interface ExcerptOptions {
  /** Unicode code points to keep. */
  readonly max: number
  /** Adds `...` to a string that was cut. */
  readonly withEllipsis: boolean
}

/** Elements whose content is not prose. */
const skippedTags = new Set(
  (
    'head style script iframe embed applet object svg img picture dialog template button form ' +
    'textarea input select option'
  ).split(' '),
)

/** Elements that do not separate the words around them. */
const inlineTags = new Set(
  'a abbr acronym b bdo big br button cite code em i label q small span strong strike sub sup time'.split(
    ' ',
  ),
)

/** A document has these elements even if they are not written. */
const impliedTags = new Set(['html', 'head', 'body'])

/** Elements that belong to the head as long as the body has not started. */
const headTags = new Set(['title', 'noscript', 'noframes', 'base', 'link', 'meta', 'basefont'])

/**
 * Extracts plain prose from HTML: removes tags, decodes entities, collapses white space, and cuts.
 */
export function excerpt(html: string, { max, withEllipsis }: ExcerptOptions): string {
  const characters = Array.from(prose(html, max))
  const text = characters.join('')
  if (characters.length <= max) return text
  return characters.slice(0, max).join('').trim() + (withEllipsis ? '...' : '')
}

/**
 * The text of a document. Stops reading elements past `enough` bytes, but not the text around them.
 */
function prose(html: string, enough: number): string {
  const encoder = new TextEncoder()
  let text = ''
  let bytes = 0
  let hasBody = false
  /** The depth inside a skipped element; zero outside. */
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
  // At the very end the parser reads some unfinished tags as text: `<p`, but not `<p `.
  parser.end(/<[a-z]+$/i.test(html) ? `${html} ` : html)
  return text.trim()
}
