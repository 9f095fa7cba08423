/* The text types PocketBase recognises, as data; see `content-types.ts`. */
import {
  beginsWith,
  type ContentType,
  either,
  kind,
  type Matcher,
} from '#go-compat/pattern/byte-patterns.ts'
import { bomOf, isTextByte } from './charset.ts'
import { isJson, isJsonLines } from './json-beginning.ts'
import { attributesOf } from './markup.ts'
import { isTable } from './separated-values.ts'

const xmlKinds: readonly ContentType[] = [
  kind('application/rss+xml', '.rss', root('<rss'), { aliases: ['text/rss'] }),
  kind('application/atom+xml', '.atom', root('<feed', 'xmlns="http://www.w3.org/2005/Atom"')),
  kind(
    'model/x3d+xml',
    '.x3d',
    root('<X3D', 'xmlns:xsd="http://www.w3.org/2001/XMLSchema-instance"'),
  ),
  kind(
    'application/vnd.google-earth.kml+xml',
    '.kml',
    root(
      '<kml',
      'xmlns="http://www.opengis.net/kml/2.2"',
      'xmlns="http://earth.google.com/kml/2.0"',
      'xmlns="http://earth.google.com/kml/2.1"',
      'xmlns="http://earth.google.com/kml/2.2"',
    ),
  ),
  kind(
    'application/x-xliff+xml',
    '.xlf',
    root('<xliff', 'xmlns="urn:oasis:names:tc:xliff:document:1.2"'),
  ),
  kind(
    'model/vnd.collada+xml',
    '.dae',
    root('<COLLADA', 'xmlns="http://www.collada.org/2005/11/COLLADASchema"'),
  ),
  kind(
    'application/gml+xml',
    '.gml',
    root(
      '',
      'xmlns:gml="http://www.opengis.net/gml"',
      'xmlns:gml="http://www.opengis.net/gml/3.2"',
      'xmlns:gml="http://www.opengis.net/gml/3.3/exr"',
    ),
  ),
  kind('application/gpx+xml', '.gpx', root('<gpx', 'xmlns="http://www.topografix.com/GPX/1/1"')),
  kind(
    'application/vnd.garmin.tcx+xml',
    '.tcx',
    root(
      '<TrainingCenterDatabase',
      'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"',
    ),
  ),
  kind('application/x-amf', '.amf', root('<amf')),
  kind(
    'application/vnd.ms-package.3dmanufacturing-3dmodel+xml',
    '.3mf',
    root('<model', 'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"'),
  ),
  kind('application/vnd.adobe.xfdf', '.xfdf', root('<xfdf', 'xmlns="http://ns.adobe.com/xfdf/"')),
  kind('application/owl+xml', '.owl', root('<Ontology', 'xmlns="http://www.w3.org/2002/07/owl#"')),
  kind('application/xhtml+xml', '.html', isXhtml),
]

/**
 * An XML document with this element near the start, and then one of these namespaces, if any are
 * given.
 */
function root(element: string, ...namespaces: readonly string[]): Matcher {
  return (head) => {
    const start = trimmed(head).slice(0, 512)
    const at = start.indexOf(element)
    if (namespaces.length === 0) return at > 0
    return at !== -1 && namespaces.some((namespace) => start.indexOf(namespace, at + 1) > at)
  }
}

function isXhtml(head: string): boolean {
  return /<!doctype\s+html|<html\s+xmlns=/i.test(head.slice(0, 1024))
}

const kinds: readonly ContentType[] = [
  kind('image/svg+xml', '.svg', isSvg),
  kind('text/html', '.html', isHtml),
  kind('text/xml', '.xml', (head) => /^<\?xml[\s>]/i.test(markup(head)), {
    aliases: ['application/xml'],
    kinds: xmlKinds,
  }),
  kind(
    'text/x-php',
    '.php',
    either((head) => /^<\?(?:php|[\n\r ])./is.test(head), script(/php/, '/usr/', 'local/')),
  ),
  kind('text/javascript', '.js', script(/node/, '/', 'usr/'), {
    aliases: ['application/x-javascript', 'application/javascript'],
  }),
  kind('text/x-lua', '.lua', script(/lua(?!\S)/, '/usr/', 'local/')),
  kind('text/x-perl', '.pl', script(/perl(?!\S)/, '/usr/')),
  kind('text/x-python', '.py', script(/python/, '/usr/', 'local/'), {
    aliases: ['text/x-script.python', 'application/x-python'],
  }),
  kind('text/x-ruby', '.rb', script(/ruby/, '/usr/', 'local/'), {
    aliases: ['application/x-ruby'],
  }),
  kind('application/json', '.json', (head) => isJson(head), {
    kinds: [
      kind('application/geo+json', '.geojson', (head) => isJson(head, 'geo')),
      kind('application/json', '.har', (head) => isJson(head, 'har')),
      kind('model/gltf+json', '.gltf', (head) => isJson(head, 'gltf')),
    ],
  }),
  kind('application/x-ndjson', '.ndjson', isJsonLines),
  kind('text/rtf', '.rtf', beginsWith('{\\rtf'), { aliases: ['application/rtf'] }),
  kind('application/x-subrip', '.srt', isSubRip, { aliases: ['application/x-srt', 'text/x-srt'] }),
  kind('text/x-tcl', '.tcl', script(/tcl|wish/, '/usr/', 'local/'), {
    aliases: ['application/x-tcl'],
  }),
  kind('text/csv', '.csv', (head) => isTable(head, ',')),
  kind('text/tab-separated-values', '.tsv', (head) => isTable(head, '\t')),
  kind('text/vcard', '.vcf', (head) => /^begin:vcard\r?\n./is.test(head)),
  kind('text/calendar', '.ics', (head) => /^begin:vcalendar\r?\n./is.test(head)),
  kind('application/warc', '.warc', beginsWith('WARC/1.0', 'WARC/1.1')),
  kind('text/vtt', '.vtt', (head) => /^(?:\xef\xbb\xbf)?WEBVTT(?:[\n\r \t]|$)/.test(head)),
  kind(
    'text/x-shellscript',
    '.sh',
    either(script(/(?:ba|c|da|k|tc|z)sh(?!\S)/, '/', 'usr/local/'), (head) =>
      /^#![ \t\f]*\/bin\/sh(?!\S)/.test(head),
    ),
    { aliases: ['text/x-sh', 'application/x-shellscript', 'application/x-sh'] },
  ),
  kind('image/x-portable-bitmap', '.pbm', netpbm('P1', 'P4')),
  kind('image/x-portable-graymap', '.pgm', netpbm('P2', 'P5')),
  kind('image/x-portable-pixmap', '.ppm', netpbm('P3', 'P6')),
  kind('image/x-portable-arbitrarymap', '.pam', isArbitraryMap),
  kind('message/rfc822', '.eml', isMail),
]

/** Text types and their kinds. */
export const textTypes: readonly ContentType[] = [kind('text/plain', '.txt', isText, { kinds })]

function isText(head: string): boolean {
  return bomOf(head) !== '' || Array.from(head).every(isTextByte)
}

/** Removes leading white space. */
function trimmed(head: string): string {
  return head.replace(/^[\t\n\f\r ]+/, '')
}

/** Removes a UTF-8 byte order mark and leading white space. */
function markup(head: string): string {
  return trimmed(head.replace(/^\xef\xbb\xbf/, ''))
}

const htmlStart =
  /^<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[\t\n\f\r >]/i

function isHtml(head: string): boolean {
  return htmlStart.test(markup(head))
}

/** An SVG element in its namespace, after comments; or one anywhere in an XML document. */
function isSvg(head: string): boolean {
  let start = trimmed(head)
  if (start.startsWith('<?xml')) {
    const isVersioned = attributesOf(start, 0).some(({ name }) => name === 'version')
    return isVersioned && start.includes('<svg')
  }
  for (let end = 0; start.startsWith('<!--') && end !== -1;) {
    end = start.indexOf('-->', 2)
    if (end !== -1) start = start.slice(end + 3)
  }
  return (
    start.startsWith('<svg') &&
    attributesOf(start, 0).some(
      ({ name, value }) => name === 'xmlns' && value === 'http://www.w3.org/2000/svg',
    )
  )
}

/**
 * A script with a shebang line: a program whose name starts like this, in `bin` of one of two
 * folders, or run by `env`.
 */
function script(program: RegExp, folder: string, more = ''): Matcher {
  const place = `(?:${folder}(?:${more})?bin/|/usr/bin/env +(?:-S )? *)`
  const line = new RegExp(`^#![ \\t\\f]*${place}(?:${program.source})`)
  return (head) => line.test(head)
}

const subRipTimes =
  /^1\r?\n((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d,\d{3}) --> ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d,\d{3})\r?\n(?!\r?\n)./s

/** The first line is the number one. The times and the text of the first subtitle follow. */
function isSubRip(head: string): boolean {
  const [, from = '', to = ''] = subRipTimes.exec(head) ?? []
  return from !== '' && from <= to
}

/** One of these marks, followed by a width and a height. Comments may come between. */
function netpbm(...marks: readonly string[]): Matcher {
  return (head) => {
    if (!marks.some((mark) => head.startsWith(`${mark}\n`))) return false
    const size = head
      .slice(3)
      .split(/\r?\n/, 128)
      .find((line) => !line.startsWith('#') && line.trim() !== '')
    return /^\s*\+?0*[1-9]\d*\s+\+?0*[1-9]\d*(?:\s|$)/.test(size ?? '')
  }
}

function isArbitraryMap(head: string): boolean {
  if (!head.startsWith('P7\n')) return false
  const lines = head.slice(3).split(/\r?\n/, 128)
  const header = lines.slice(0, lines.findIndex((line) => line.startsWith('ENDHDR')) + 1)
  return ['WIDTH ', 'HEIGHT ', 'DEPTH ', 'MAXVAL '].every((name) =>
    header.some((line) => line.startsWith(name)),
  )
}

const mailHeader =
  /^(?:(?:From|To|Date|Subject|Received|Relay-Version|Content-Type|Content-Transfer-Encoding): |[Cc][Cc]: |(?:delivered-to|return-path): |N?#! rnews|Forward to|Pipe to)/

/** The first line is a mail header, and so is one of the next twenty. */
function isMail(head: string): boolean {
  const [first = '', ...next] = head.split(/\r?\n/, 21)
  return isMailHeader(first) && next.some(isMailHeader)
}

function isMailHeader(line: string): boolean {
  return mailHeader.test(
    line.replace(/^(?:delivered-to|return-path)(?=: )/i, (name) => name.toLowerCase()),
  )
}
