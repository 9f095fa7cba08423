/*
 * The type of a file by its content, in the names that PocketBase gives. What a client says of a file
 * is never believed: a page that calls itself a picture would else be served as one, and a picture
 * that is a page.
 */

/** How many bytes of a file's beginning are looked at. */
const sniffedBytes = 3072

/** A type and the names it goes by besides. */
interface Format {
  readonly type: string
  matches(head: Uint8Array): boolean
}

/** The type of what begins with these bytes; `application/octet-stream` for what nobody knows. */
export function contentTypeOf(content: Uint8Array): string {
  const head = content.subarray(0, sniffedBytes)
  const binary = binaryFormats.find(({ matches }) => matches(head))
  if (binary !== undefined) return binary.type
  const text = textOf(head)
  return text === undefined ? 'application/octet-stream' : textType(text)
}

/** Whether a content's type is one that is asked for, also under another name of it. */
export function isContentType(type: string, asked: string): boolean {
  const [found, wanted] = [bare(type), bare(asked)]
  return (
    found === wanted || aliases.some((names) => names.includes(found) && names.includes(wanted))
  )
}

/** The usual ending of a type's files, with its point; empty where there is none. */
export function extensionOf(type: string): string {
  return extensions[bare(type)] ?? ''
}

function bare(type: string): string {
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase()
}

const aliases: readonly (readonly string[])[] = [
  ['image/jpeg', 'image/jpg'],
  ['application/zip', 'application/x-zip', 'application/x-zip-compressed'],
  ['application/pdf', 'application/x-pdf'],
  ['application/gzip', 'application/x-gzip', 'application/x-gunzip', 'application/gzipped'],
  ['image/bmp', 'image/x-bmp', 'image/x-ms-bmp'],
  ['image/vnd.adobe.photoshop', 'image/x-psd', 'application/photoshop'],
  ['audio/mpeg', 'audio/x-mpeg', 'audio/mp3'],
  ['audio/flac', 'audio/x-flac'],
  ['audio/wav', 'audio/x-wav', 'audio/vnd.wave', 'audio/wave'],
  ['audio/aiff', 'audio/x-aiff'],
  ['audio/midi', 'audio/mid', 'audio/sp-midi', 'audio/x-mid', 'audio/x-midi'],
  ['audio/mp4', 'audio/x-mp4a'],
  ['audio/x-m4a', 'audio/m4a'],
  ['audio/ogg', 'application/ogg', 'application/x-ogg'],
  ['video/x-msvideo', 'video/avi', 'video/msvideo'],
  ['video/webm', 'audio/webm'],
  ['application/x-7z-compressed'],
  ['application/x-rar-compressed', 'application/x-rar'],
  ['application/vnd.microsoft.portable-executable', 'application/x-msdownload'],
  ['text/xml', 'application/xml'],
  ['text/javascript', 'application/javascript', 'application/x-javascript'],
  ['text/rtf', 'application/rtf'],
  ['application/x-ole-storage'],
  ['image/x-icon', 'image/vnd.microsoft.icon'],
  ['font/ttf', 'application/x-font-ttf', 'application/font-sfnt'],
]

const extensions: Readonly<Record<string, string>> = {
  'image/png': '.png',
  'image/vnd.mozilla.apng': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'image/bmp': '.bmp',
  'image/x-icon': '.ico',
  'image/tiff': '.tiff',
  'image/avif': '.avif',
  'image/heic': '.heic',
  'image/heif': '.heif',
  'image/svg+xml': '.svg',
  'image/vnd.adobe.photoshop': '.psd',
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'application/gzip': '.gz',
  'application/x-7z-compressed': '.7z',
  'application/x-rar-compressed': '.rar',
  'application/x-bzip2': '.bz2',
  'application/x-xz': '.xz',
  'application/zstd': '.zst',
  'application/x-tar': '.tar',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': '.docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': '.xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': '.pptx',
  'application/epub+zip': '.epub',
  'application/vnd.oasis.opendocument.text': '.odt',
  'application/vnd.oasis.opendocument.spreadsheet': '.ods',
  'application/vnd.oasis.opendocument.presentation': '.odp',
  'application/jar': '.jar',
  'application/vnd.android.package-archive': '.apk',
  'application/vnd.sqlite3': '.sqlite',
  'application/wasm': '.wasm',
  'application/vnd.microsoft.portable-executable': '.exe',
  'application/postscript': '.ps',
  'audio/mpeg': '.mp3',
  'audio/flac': '.flac',
  'audio/wav': '.wav',
  'audio/aiff': '.aiff',
  'audio/midi': '.midi',
  'audio/ogg': '.oga',
  'audio/aac': '.aac',
  'audio/amr': '.amr',
  'audio/basic': '.au',
  'audio/x-m4a': '.m4a',
  'audio/mp4': '.mp4',
  'video/ogg': '.ogv',
  'video/mp4': '.mp4',
  'video/x-m4v': '.m4v',
  'video/quicktime': '.mov',
  'video/3gpp': '.3gp',
  'video/3gpp2': '.3g2',
  'video/webm': '.webm',
  'video/x-matroska': '.mkv',
  'video/x-msvideo': '.avi',
  'video/x-flv': '.flv',
  'video/mpeg': '.mpeg',
  'video/x-ms-asf': '.asf',
  'font/woff': '.woff',
  'font/woff2': '.woff2',
  'font/ttf': '.ttf',
  'font/otf': '.otf',
  'text/plain': '.txt',
  'text/html': '.html',
  'text/xml': '.xml',
  'application/json': '.json',
  'application/x-ndjson': '.ndjson',
  'text/csv': '.csv',
  'text/tab-separated-values': '.tsv',
  'text/rtf': '.rtf',
  'text/javascript': '.js',
  'text/x-python': '.py',
  'text/x-perl': '.pl',
  'text/x-shellscript': '.sh',
  'text/x-php': '.php',
  'text/vtt': '.vtt',
  'text/vcard': '.vcf',
  'text/calendar': '.ics',
}

/** A format that begins with one of these byte sequences, written as text of one byte a character. */
function beginsWith(type: string, ...signatures: readonly string[]): Format {
  return { type, matches: (head) => signatures.some((signature) => hasAt(head, 0, signature)) }
}

function hasAt(head: Uint8Array, offset: number, signature: string): boolean {
  if (head.length < offset + signature.length) return false
  for (let i = 0; i < signature.length; i++) {
    if (head[offset + i] !== signature.charCodeAt(i)) return false
  }
  return true
}

/** A container of chunks: four letters, a size, and what kind it is of. */
function riff(type: string, kind: string): Format {
  return { type, matches: (head) => hasAt(head, 0, 'RIFF') && hasAt(head, 8, kind) }
}

/** A file of the family of MP4, by its brand. */
function brand(type: string, ...brands: readonly string[]): Format {
  return {
    type,
    matches: (head) => hasAt(head, 4, 'ftyp') && brands.some((name) => hasAt(head, 8, name)),
  }
}

/** An archive in which some entry among the first has a name that begins so. */
function zipWith(type: string, ...names: readonly string[]): Format {
  return {
    type,
    matches: (head) => zipNames(head).some((entry) => names.some((name) => entry.startsWith(name))),
  }
}

/** An archive whose first entry is a file `mimetype` that says this. */
function zipOf(type: string): Format {
  return { type, matches: (head) => isZip(head) && hasAt(head, 30, `mimetype${type}`) }
}

function isZip(head: Uint8Array): boolean {
  return (
    hasAt(head, 0, 'PK\x03\x04') || hasAt(head, 0, 'PK\x05\x06') || hasAt(head, 0, 'PK\x07\x08')
  )
}

/** The names of the entries of an archive, as far as they are in its beginning. */
function zipNames(head: Uint8Array): string[] {
  if (!isZip(head)) return []
  const names: string[] = []
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  for (let at = 0; at + 30 <= head.length; at++) {
    if (!hasAt(head, at, 'PK\x03\x04')) continue
    const length = view.getUint16(at + 26, true)
    names.push(String.fromCharCode(...head.subarray(at + 30, at + 30 + Math.min(length, 100))))
  }
  return names
}

function oggKind(kind: string, ...codecs: readonly string[]): Format {
  return {
    type: kind,
    matches: (head) => hasAt(head, 0, 'OggS') && codecs.some((codec) => hasAt(head, 28, codec)),
  }
}

function ebml(type: string, document: string): Format {
  return {
    type,
    matches: (head) =>
      hasAt(head, 0, '\x1a\x45\xdf\xa3') &&
      String.fromCharCode(...head.subarray(0, 64)).includes(document),
  }
}

const ooxml = 'application/vnd.openxmlformats-officedocument.'
const odf = 'application/vnd.oasis.opendocument.'

/** In the order in which they are asked: what is more special comes first. */
const binaryFormats: readonly Format[] = [
  beginsWith('application/pdf', '%PDF-', '\xef\xbb\xbf%PDF-'),
  beginsWith('application/postscript', '%!PS-Adobe-'),
  beginsWith('image/vnd.adobe.photoshop', '8BPS'),
  {
    type: 'image/vnd.mozilla.apng',
    matches: (head) => hasAt(head, 0, '\x89PNG\r\n\x1a\n') && hasAt(head, 37, 'acTL'),
  },
  beginsWith('image/png', '\x89PNG\r\n\x1a\n'),
  beginsWith('image/jpeg', '\xff\xd8\xff'),
  beginsWith('image/gif', 'GIF87a', 'GIF89a'),
  riff('image/webp', 'WEBP'),
  riff('audio/wav', 'WAVE'),
  riff('video/x-msvideo', 'AVI LIST'),
  beginsWith('image/tiff', 'II*\x00', 'MM\x00*'),
  {
    type: 'image/bmp',
    matches: (head) => hasAt(head, 0, 'BM') && head.length > 14 && head[6] === 0 && head[8] === 0,
  },
  beginsWith('image/x-icon', '\x00\x00\x01\x00', '\x00\x00\x02\x00'),
  brand('image/avif', 'avif', 'avis'),
  brand('image/heic', 'heic', 'heix'),
  brand('image/heif', 'mif1', 'heim', 'heis', 'avic'),
  brand('video/quicktime', 'qt  ', 'moov'),
  brand('audio/x-m4a', 'M4A '),
  brand('video/x-m4v', 'M4V ', 'M4VH', 'M4VP'),
  brand('audio/mp4', 'M4B ', 'M4P ', 'F4A ', 'F4B ', 'NDAS'),
  brand(
    'video/3gpp',
    '3gp1',
    '3gp2',
    '3gp3',
    '3gp4',
    '3gp5',
    '3gp6',
    '3gp7',
    '3gs7',
    '3ge6',
    '3ge7',
    '3gg6',
  ),
  brand('video/3gpp2', '3g24', '3g25', '3g26', '3g2a', '3g2b', '3g2c', 'KDDI'),
  { type: 'video/mp4', matches: (head) => hasAt(head, 4, 'ftyp') },
  ebml('video/webm', 'webm'),
  ebml('video/x-matroska', 'matroska'),
  beginsWith('video/x-flv', 'FLV\x01'),
  beginsWith('video/x-ms-asf', '\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c'),
  beginsWith('video/mpeg', '\x00\x00\x01\xb0', '\x00\x00\x01\xb3', '\x00\x00\x01\xba'),
  oggKind('video/ogg', '\x80theora', 'fishead\0', '\x01video\0\0\0'),
  oggKind('audio/ogg', '\x7fFLAC', '\x01vorbis', 'OpusHead', 'Speex\x20\x20\x20'),
  beginsWith('application/ogg', 'OggS'),
  beginsWith('audio/mpeg', 'ID3', '\xff\xfb', '\xff\xf3', '\xff\xf2'),
  beginsWith('audio/aac', '\xff\xf1', '\xff\xf9'),
  beginsWith('audio/flac', 'fLaC\x00\x00\x00\x22'),
  beginsWith('audio/midi', 'MThd'),
  beginsWith('audio/amr', '#!AMR'),
  beginsWith('audio/basic', '.snd'),
  {
    type: 'audio/aiff',
    matches: (head) => hasAt(head, 0, 'FORM') && (hasAt(head, 8, 'AIFF') || hasAt(head, 8, 'AIFC')),
  },
  beginsWith('font/woff', 'wOFF'),
  beginsWith('font/woff2', 'wOF2'),
  beginsWith('font/otf', 'OTTO\x00'),
  beginsWith('font/ttf', '\x00\x01\x00\x00\x00'),
  beginsWith('application/gzip', '\x1f\x8b'),
  beginsWith('application/x-7z-compressed', '7z\xbc\xaf\x27\x1c'),
  beginsWith('application/x-rar-compressed', 'Rar!\x1a\x07\x00', 'Rar!\x1a\x07\x01\x00'),
  beginsWith('application/x-bzip2', 'BZh'),
  beginsWith('application/x-xz', '\xfd7zXZ\x00'),
  beginsWith('application/zstd', '\x28\xb5\x2f\xfd'),
  { type: 'application/x-tar', matches: (head) => hasAt(head, 257, 'ustar') },
  zipOf('application/epub+zip'),
  zipOf(`${odf}text`),
  zipOf(`${odf}spreadsheet`),
  zipOf(`${odf}presentation`),
  zipWith(`${ooxml}wordprocessingml.document`, 'word/'),
  zipWith(`${ooxml}spreadsheetml.sheet`, 'xl/'),
  zipWith(`${ooxml}presentationml.presentation`, 'ppt/'),
  zipWith('application/vnd.android.package-archive', 'AndroidManifest.xml'),
  zipWith('application/jar', 'META-INF/MANIFEST.MF'),
  { type: 'application/zip', matches: isZip },
  beginsWith('application/vnd.sqlite3', 'SQLite format 3\x00'),
  beginsWith('application/wasm', '\x00asm'),
  beginsWith('application/x-ole-storage', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'),
  beginsWith('application/x-elf', '\x7fELF'),
  beginsWith('application/vnd.microsoft.portable-executable', 'MZ'),
]

/** The text of a beginning in which no byte is one that texts do not have. */
function textOf(head: Uint8Array): { readonly text: string; readonly charset: string } | undefined {
  if (hasAt(head, 0, '\xff\xfe')) return { text: decode(head, 'utf-16le'), charset: 'utf-16le' }
  if (hasAt(head, 0, '\xfe\xff')) return { text: decode(head, 'utf-16be'), charset: 'utf-16be' }
  if (head.some(isBinaryByte)) return undefined
  return { text: decode(head, 'utf-8'), charset: charsetOf(head) }
}

function decode(head: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding, { fatal: false, ignoreBOM: false }).decode(head)
}

/** @see https://mimesniff.spec.whatwg.org/#binary-data-byte */
function isBinaryByte(byte: number): boolean {
  return (
    byte <= 0x08 ||
    byte === 0x0b ||
    (byte >= 0x0e && byte <= 0x1a) ||
    (byte >= 0x1c && byte <= 0x1f)
  )
}

/** Latin text that is no UTF-8 is taken for Windows' or ISO's; the beginning may end within a character. */
function charsetOf(head: Uint8Array): string {
  const cut = head.length === sniffedBytes
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(head, { stream: cut })
    return head.length === 0 ? '' : 'utf-8'
  } catch {
    return head.some((byte) => byte >= 0x80 && byte <= 0x9f) ? 'windows-1252' : 'iso-8859-1'
  }
}

function textType({ text, charset }: { readonly text: string; readonly charset: string }): string {
  const start = text.trimStart()
  const suffix = charset === '' ? '' : `; charset=${charset}`
  if (isHtml(start)) return `text/html${suffix}`
  if (start.startsWith('<?xml'))
    return start.includes('<svg') ? 'image/svg+xml' : `text/xml${suffix}`
  if (/<svg[\s>]/.test(start.slice(0, 500)) && start.startsWith('<')) return 'image/svg+xml'
  for (const { type, pattern } of textFormats) if (pattern.test(start)) return type
  if (isJson(start)) return 'application/json'
  if (isJsonLines(start)) return 'application/x-ndjson'
  if (isTable(text, ',')) return 'text/csv'
  if (isTable(text, '\t')) return 'text/tab-separated-values'
  return `text/plain${suffix}`
}

const htmlStart =
  /^<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)(?=[\s>]|$)/i

function isHtml(start: string): boolean {
  return htmlStart.test(start)
}

const textFormats: readonly { readonly type: string; readonly pattern: RegExp }[] = [
  { type: 'text/rtf', pattern: /^\{\\rtf/ },
  { type: 'text/x-php', pattern: /^(?:<\?php|<\?\s|#!.*\bphp\b)/i },
  { type: 'text/x-python', pattern: /^#!.*\bpython/ },
  { type: 'text/x-perl', pattern: /^#!.*\bperl/ },
  { type: 'text/javascript', pattern: /^#!.*\bnode/ },
  { type: 'text/x-shellscript', pattern: /^#!.*\b(?:ba|z|k|c|tc|da)?sh\b/ },
  { type: 'text/vcard', pattern: /^BEGIN:VCARD/i },
  { type: 'text/calendar', pattern: /^BEGIN:VCALENDAR/i },
  { type: 'text/vtt', pattern: /^WEBVTT(?:[\s]|$)/ },
]

/** Whether a text is an object or an array, as far as it is there. */
function isJson(start: string): boolean {
  if (!/^[[{]/.test(start)) return false
  try {
    JSON.parse(start)
    return true
  } catch {
    // A document that goes on past the beginning looks like one so far.
    return (
      start.length >= sniffedBytes - 4 &&
      /^(?:\{\s*(?:"|\})|\[\s*(?:[[{"\-\d\]]|true|false|null))/.test(start)
    )
  }
}

function isJsonLines(start: string): boolean {
  const lines = start.split('\n').filter((line) => line.trim() !== '')
  if (lines.length < 2) return false
  const whole = start.endsWith('\n') ? lines : lines.slice(0, -1)
  return whole.length > 0 && whole.every((line) => /^\s*[[{]/.test(line) && isJson(line.trim()))
}

/** At least two lines of as many cells, and more than one cell in each. */
function isTable(text: string, separator: string): boolean {
  const lines = text.split(/\r?\n/)
  if (text.length >= sniffedBytes - 4) lines.pop()
  const rows = lines.filter((line) => line !== '' && !line.startsWith('#'))
  const width = cells(rows[0] ?? '', separator)
  return rows.length > 1 && width > 1 && rows.every((row) => cells(row, separator) === width)
}

function cells(row: string, separator: string): number {
  return row.replaceAll(/"(?:[^"]|"")*"/g, '').split(separator).length
}
