/*
 * The content types PocketBase recognises, as data. Bytes are written as characters with the same
 * number. Types are tried in order, and the kinds of the first match after it, so more specific
 * types come first: the order is part of the table.
 */
import {
  beginsWith,
  both,
  brand,
  clsid,
  kind,
  type ContentType,
  dataAt,
  either,
  type Matcher,
  numberAt,
  officeArchive,
  zipHas,
} from '#go-compat/pattern/byte-patterns.ts'
import {
  isZip,
  isExecutableJar,
  isSignature,
  oggCodec,
  jpeg2000,
  chunks,
  byteBetween,
  isBitmap,
  isTar,
  isLotus,
  isMp3,
  isQuickTime,
  matroska,
  isChromeExtension,
  isTrueType,
  isShape,
  isDbase,
  isMarc,
  isZstandard,
  isTimeZone,
} from './binary-formats.ts'
import { textTypes } from './text-types.ts'

const ooxml = 'application/vnd.openxmlformats-officedocument.'
const odf = 'application/vnd.oasis.opendocument.'

function openDocument(
  name: string,
  extension: string,
  kinds?: readonly ContentType[],
): ContentType {
  return kind(`${odf}${name}`, extension, dataAt(30, `mimetype${odf}${name}`), {
    aliases: [`application/x-vnd.oasis.opendocument.${name}`],
    ...(kinds === undefined ? {} : { kinds }),
  })
}

const archives: readonly ContentType[] = [
  kind(`${ooxml}wordprocessingml.document`, '.docx', officeArchive('word/')),
  kind(`${ooxml}presentationml.presentation`, '.pptx', officeArchive('ppt/')),
  kind(`${ooxml}spreadsheetml.sheet`, '.xlsx', officeArchive('xl/')),
  kind('application/epub+zip', '.epub', dataAt(30, 'mimetypeapplication/epub+zip')),
  kind(
    'application/vnd.android.package-archive',
    '.apk',
    zipHas(
      100,
      'AndroidManifest.xml',
      'META-INF/com/android/build/gradle/app-metadata.properties',
      'classes.dex',
      'resources.arsc',
      'res/drawable',
    ),
  ),
  kind(
    'application/java-archive',
    '.jar',
    either(isExecutableJar, zipHas(1, 'META-INF/', 'META-INF/MANIFEST.MF')),
    { aliases: ['application/jar', 'application/jar-archive', 'application/x-java-archive'] },
  ),
  openDocument('text', '.odt', [openDocument('text-template', '.ott')]),
  openDocument('spreadsheet', '.ods', [openDocument('spreadsheet-template', '.ots')]),
  openDocument('presentation', '.odp', [openDocument('presentation-template', '.otp')]),
  openDocument('graphics', '.odg', [openDocument('graphics-template', '.otg')]),
  openDocument('formula', '.odf'),
  openDocument('chart', '.odc'),
  kind('application/vnd.sun.xml.calc', '.sxc', dataAt(30, 'mimetypeapplication/vnd.sun.xml.calc')),
  kind('application/vnd.google-earth.kmz', '.kmz', zipHas(100, 'doc.kml')),
  kind('application/vnd.ms-visio.drawing.main+xml', '.vsdx', officeArchive('visio/')),
]

/** Microsoft compound files, by the class of their content or by its first bytes. */
const compounds: readonly ContentType[] = [
  kind('application/x-ms-installer', '.msi', clsid('\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46'), {
    aliases: ['application/x-windows-installer', 'application/x-msi'],
  }),
  kind('application/vnd.ms-outlook', '.msg', clsid('\x0b\x0d\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46')),
  kind(
    'application/vnd.ms-excel',
    '.xls',
    either(
      clsid('\x10\x08\x02\0\0\0\0\0', '\x20\x08\x02\0\0\0\0\0'),
      compoundData('\x09\x08\x10\0\0\x06\x05\0', ...spreadsheetMarks()),
      compoundStream('W\0k\0s\0S\0S\0W\0o\0r\0k\0B\0o\0o\0k'),
    ),
    { aliases: ['application/msexcel'] },
  ),
  kind('application/vnd.ms-publisher', '.pub', clsid('\x01\x12\x02\0\0\0\0\0\0\xc0\0\0\0\0\0\x46')),
  kind(
    'application/vnd.ms-powerpoint',
    '.ppt',
    either(
      clsid(
        '\x10\x8d\x81\x64\x9b\x4f\xcf\x11\x86\xea\0\xaa\0\xb9\x29\xe8',
        '\x70\xae\x7b\xea\x3b\xfb\xcd\x11\xa9\x03\0\xaa\0\x51\x0e\xa3',
      ),
      compoundData('\xa0\x46\x1d\xf0', '\0\x6e\x1e\xf0', '\x0f\0\xe8\x03'),
      both(compoundData('\xfd\xff\xff\xff'), dataAt(518, '\0\0')),
      compoundStream('P\0o\0w\0e\0r\0P\0o\0i\0n\0t\0 D\0o\0c\0u\0m\0e\0n\0t'),
    ),
    { aliases: ['application/mspowerpoint'] },
  ),
  kind(
    'application/msword',
    '.doc',
    clsid(
      '\x06\x09\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46',
      '\0\x09\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46',
      '\x07\x09\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46',
    ),
    { aliases: ['application/vnd.ms-word'] },
  ),
]

function spreadsheetMarks(): string[] {
  return [...'\x10\x1f\x22\x23\x28\x29'].map((mark) => `\xfd\xff\xff\xff${mark}`)
}

/** Matches the start of the first sector after the header. */
function compoundData(...signatures: readonly string[]): Matcher {
  return both((head) => head.length >= 520, dataAt(512, ...signatures))
}

/** Matches the name of a stream in the first directory. */
function compoundStream(name: string): Matcher {
  return (head) => head.slice(1152).includes(name)
}

/** Files of the MP4 family, by brand. */
const films: readonly ContentType[] = [
  kind('image/avif', '.avif', brand('avif', 'avis')),
  kind(
    'video/3gpp',
    '.3gp',
    brand('3gp1', '3gp2', '3gp3', '3gp4', '3gp5', '3gp6', '3gp7', '3gs7', '3ge6', '3ge7', '3gg6'),
    { aliases: ['video/3gp', 'audio/3gpp'] },
  ),
  kind('video/3gpp2', '.3g2', brand('3g24', '3g25', '3g26', '3g2a', '3g2b', '3g2c', 'KDDI'), {
    aliases: ['video/3g2', 'audio/3gpp2'],
  }),
  kind('audio/mp4', '.mp4', brand('F4A ', 'F4B ', 'M4B ', 'M4P ', 'MSNV', 'NDAS'), {
    aliases: ['audio/x-mp4a'],
  }),
  kind('video/quicktime', '.mqv', brand('mqt ')),
  kind('audio/x-m4a', '.m4a', brand('M4A ')),
  kind('video/x-m4v', '.m4v', brand('M4V ', 'M4VH', 'M4VP')),
  kind('image/heic', '.heic', brand('heic', 'heix')),
  kind('image/heic-sequence', '.heic', brand('hevc', 'hevx')),
  kind('image/heif', '.heif', brand('mif1', 'heim', 'heis', 'avic')),
  kind('image/heif-sequence', '.heif', brand('msf1', 'hevm', 'hevs', 'avcs')),
  kind('video/mj2', '.mj2', brand('mj2s', 'mjp2', 'MFSM', 'MGSV')),
  kind(
    'video/vnd.dvb.file',
    '.dvb',
    brand(
      'dby1',
      'dsms',
      'dts1',
      'dts2',
      'dts3',
      'dxo ',
      'dmb1',
      'dmpf',
      'drc1',
      'dv1a',
      'dv1b',
      'dv2a',
      'dv2b',
      'dv3a',
      'dv3b',
      'dvr1',
      'dvt1',
      'emsg',
    ),
  ),
]

/** ELF files by purpose, in either byte order. */
const elfKinds: readonly ContentType[] = [
  kind('application/x-object', '', elf('\x01')),
  kind('application/x-executable', '', elf('\x02')),
  kind('application/x-sharedlib', '.so', elf('\x03')),
  kind('application/x-coredump', '', elf('\x04')),
]

function elf(use: string): Matcher {
  return dataAt(16, `${use}\0`, `\0${use}`)
}

const dwgVersions =
  '1.40 1.50 2.10 1002 1003 1004 1006 1009 1012 1014 1015 1018 1021 1024 1032'.split(' ')

/** All types, except the kinds of other types. */
export const contentTypes: readonly ContentType[] = [
  kind('image/x-xpixmap', '.xpm', beginsWith('/* XPM */')),
  kind('application/x-7z-compressed', '.7z', beginsWith('7z\xbc\xaf\x27\x1c')),
  kind('application/zip', '.zip', isZip, {
    aliases: ['application/x-zip', 'application/x-zip-compressed'],
    kinds: archives,
  }),
  kind('application/pdf', '.pdf', (head) => head.slice(0, 1024).includes('%PDF-'), {
    aliases: ['application/x-pdf'],
  }),
  kind('application/vnd.fdf', '.fdf', beginsWith('%FDF')),
  kind('application/x-ole-storage', '', beginsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'), {
    kinds: compounds,
  }),
  kind('application/postscript', '.ps', beginsWith('%!PS-Adobe-')),
  kind('image/vnd.adobe.photoshop', '.psd', beginsWith('8BPS'), {
    aliases: ['image/x-psd', 'application/photoshop'],
  }),
  kind('application/pkcs7-signature', '.p7s', isSignature),
  kind('application/ogg', '.ogg', beginsWith('OggS\0'), {
    aliases: ['application/x-ogg'],
    kinds: [
      kind('audio/ogg', '.oga', oggCodec('\x7fFLAC', '\x01vorbis', 'OpusHead', 'Speex   ')),
      kind('video/ogg', '.ogv', oggCodec('\x80theora', 'fishead\0', '\x01video\0\0\0')),
    ],
  }),
  kind('image/png', '.png', beginsWith('\x89PNG\r\n\x1a\n'), {
    kinds: [kind('image/vnd.mozilla.apng', '.png', dataAt(37, 'acTL'))],
  }),
  kind('image/jpeg', '.jpg', beginsWith('\xff\xd8\xff')),
  kind('image/jxl', '.jxl', beginsWith('\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n')),
  kind('image/jp2', '.jp2', jpeg2000('jp2 ')),
  kind('image/jpx', '.jpf', jpeg2000('jpx ')),
  kind('image/jpm', '.jpm', jpeg2000('jpm '), { aliases: ['video/jpm'] }),
  kind('image/jxs', '.jxs', beginsWith('\0\0\0\x0cJXS \r\n\x87\n')),
  kind('image/gif', '.gif', beginsWith('GIF87a', 'GIF89a')),
  kind('image/webp', '.webp', chunks('RIFF', 'WEBP')),
  kind('application/vnd.microsoft.portable-executable', '.exe', beginsWith('MZ')),
  kind('application/x-elf', '', beginsWith('\x7fELF'), { kinds: elfKinds }),
  kind('application/x-archive', '.a', beginsWith('!<arch>'), {
    aliases: ['application/x-unix-archive'],
    kinds: [kind('application/vnd.debian.binary-package', '.deb', dataAt(8, 'debian-binary'))],
  }),
  kind('application/x-tar', '.tar', isTar),
  kind('application/x-xar', '.xar', beginsWith('xar!')),
  kind('application/x-bzip2', '.bz2', beginsWith('BZh')),
  kind('application/fits', '.fits', beginsWith(`SIMPLE  =${' '.repeat(20)}T`), {
    aliases: ['image/fits'],
  }),
  kind('image/tiff', '.tiff', beginsWith('II*\0', 'MM\0*')),
  kind('image/bmp', '.bmp', isBitmap, { aliases: ['image/x-bmp', 'image/x-ms-bmp'] }),
  kind('application/vnd.lotus-1-2-3', '.123', isLotus),
  kind('image/x-icon', '.ico', beginsWith('\0\0\x01\0', '\0\0\x02\0')),
  kind('audio/mpeg', '.mp3', isMp3, { aliases: ['audio/x-mpeg', 'audio/mp3'] }),
  kind('audio/flac', '.flac', beginsWith('fLaC\0\0\0\x22')),
  kind('audio/midi', '.midi', beginsWith('MThd'), {
    aliases: ['audio/mid', 'audio/sp-midi', 'audio/x-mid', 'audio/x-midi'],
  }),
  kind('audio/ape', '.ape', beginsWith('MAC \x96\x0f\0\0\x34\0\0\0\x18\0\0\0\x90\xe3')),
  kind('audio/musepack', '.mpc', beginsWith('MPCK')),
  kind('audio/amr', '.amr', beginsWith('#!AMR'), { aliases: ['audio/amr-nb'] }),
  kind('audio/wav', '.wav', chunks('RIFF', 'WAVE'), {
    aliases: ['audio/x-wav', 'audio/vnd.wave', 'audio/wave'],
  }),
  kind('audio/aiff', '.aiff', chunks('FORM', 'AIFF'), { aliases: ['audio/x-aiff'] }),
  kind('audio/basic', '.au', beginsWith('.snd')),
  kind(
    'video/mpeg',
    '.mpeg',
    both(beginsWith('\0\0\x01'), (head) => byteBetween(head, 3, 0xb0, 0xbf)),
  ),
  kind('video/quicktime', '.mov', isQuickTime),
  kind(
    'video/mp4',
    '.mp4',
    both((head) => head.length >= 12, both(beginsWith('\0'), dataAt(4, 'ftyp'))),
    { kinds: films },
  ),
  kind('video/webm', '.webm', matroska('webm'), { aliases: ['audio/webm'] }),
  kind(
    'video/x-msvideo',
    '.avi',
    both((head) => head.length > 16, chunks('RIFF', 'AVI LIST')),
    { aliases: ['video/avi', 'video/msvideo'] },
  ),
  kind('video/x-flv', '.flv', beginsWith('FLV\x01')),
  kind('video/x-matroska', '.mkv', matroska('matroska')),
  kind(
    'video/x-ms-asf',
    '.asf',
    beginsWith('\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c'),
    { aliases: ['video/asf', 'video/x-ms-wmv'] },
  ),
  kind('audio/aac', '.aac', beginsWith('\xff\xf1', '\xff\xf9')),
  kind('audio/x-unknown', '.voc', beginsWith('Creative Voice File')),
  kind('application/vnd.apple.mpegurl', '.m3u', beginsWith('#EXTM3U\n', '#EXTM3U\r\n'), {
    aliases: ['audio/mpegurl', 'application/x-mpegurl'],
  }),
  kind('application/vnd.rn-realmedia-vbr', '.rmvb', beginsWith('.RMF')),
  kind('application/gzip', '.gz', beginsWith('\x1f\x8b'), {
    aliases: [
      'application/x-gzip',
      'application/x-gunzip',
      'application/gzipped',
      'application/gzip-compressed',
      'application/x-gzip-compressed',
      'gzip/document',
    ],
  }),
  kind(
    'application/x-java-applet',
    '.class',
    both(beginsWith('\xca\xfe\xba\xbe'), (head) => byteBetween(head, 7, 31, 255)),
  ),
  kind('application/x-shockwave-flash', '.swf', beginsWith('CWS', 'FWS', 'ZWS')),
  kind('application/x-chrome-extension', '.crx', isChromeExtension),
  kind('font/ttf', '.ttf', isTrueType, {
    aliases: ['font/sfnt', 'application/x-font-ttf', 'application/font-sfnt'],
  }),
  kind('font/woff', '.woff', beginsWith('wOFF')),
  kind('font/woff2', '.woff2', beginsWith('wOF2')),
  kind(
    'font/otf',
    '.otf',
    both(
      both((head) => head.length > 48, beginsWith('OTTO\0')),
      (head) => head.slice(12, 48).includes('CFF '),
    ),
  ),
  kind('font/collection', '.ttc', beginsWith('ttcf\0\x01\0\0', 'ttcf\0\x02\0\0')),
  kind(
    'application/vnd.ms-fontobject',
    '.eot',
    both(dataAt(34, 'LP'), dataAt(8, '\x02\0\x01', '\x01\0\0', '\x02\0\x02')),
  ),
  kind('application/wasm', '.wasm', beginsWith('\0asm')),
  kind('application/vnd.shx', '.shx', beginsWith("\0\0'\n"), {
    kinds: [kind('application/vnd.shp', '.shp', isShape)],
  }),
  kind('application/x-dbf', '.dbf', isDbase),
  kind('application/dicom', '.dcm', dataAt(128, 'DICM')),
  kind('application/x-rar-compressed', '.rar', beginsWith('Rar!\x1a\x07\0', 'Rar!\x1a\x07\x01\0'), {
    aliases: ['application/x-rar'],
  }),
  kind(
    'image/vnd.djvu',
    '.djvu',
    both(beginsWith('AT&TFORM'), dataAt(12, 'DJVM', 'DJVU', 'DJVI', 'THUM')),
  ),
  kind('application/x-mobipocket-ebook', '.mobi', dataAt(60, 'BOOKMOBI')),
  kind('application/x-ms-reader', '.lit', beginsWith('ITOLITLS')),
  kind('image/bpg', '.bpg', beginsWith('BPG\xfb')),
  kind('application/cbor', '.cbor', beginsWith('\xd9\xd9\xf7')),
  kind('application/vnd.sqlite3', '.sqlite', beginsWith('SQLite format 3\0'), {
    aliases: ['application/x-sqlite3'],
  }),
  kind('image/vnd.dwg', '.dwg', beginsWith(...dwgVersions.map((version) => `AC${version}`)), {
    aliases: [
      'image/x-dwg',
      'application/acad',
      'application/x-acad',
      'application/autocad_dwg',
      'application/dwg',
      'application/x-dwg',
      'application/x-autocad',
      'drawing/dwg',
    ],
  }),
  kind('application/vnd.nintendo.snes.rom', '.nes', beginsWith('NES\x1a')),
  kind('application/x-ms-shortcut', '.lnk', beginsWith('L\0\0\0\x01\x14\x02\0')),
  kind(
    'application/x-mach-binary',
    '.macho',
    either(
      both(beginsWith('\xca\xfe\xba\xbe'), (head) => byteBetween(head, 7, 0, 19)),
      beginsWith('\xfe\xed\xfa\xce', '\xce\xfa\xed\xfe', '\xfe\xed\xfa\xcf', '\xcf\xfa\xed\xfe'),
    ),
  ),
  kind('audio/qcelp', '.qcp', chunks('RIFF', 'QLCM')),
  kind('image/x-icns', '.icns', beginsWith('icns')),
  kind('image/vnd.radiance', '.hdr', beginsWith('#?RADIANCE\n')),
  kind('application/marc', '.mrc', isMarc),
  kind('application/x-msaccess', '.mdb', dataAt(4, 'Standard Jet DB')),
  kind('application/x-msaccess', '.accdb', dataAt(4, 'Standard ACE DB')),
  kind('application/zstd', '.zst', isZstandard),
  kind('application/vnd.ms-cab-compressed', '.cab', beginsWith('MSCF\0\0\0\0')),
  kind('application/x-rpm', '.rpm', beginsWith('\xed\xab\xee\xdb', 'drpm')),
  kind('application/x-xz', '.xz', beginsWith('\xfd7zXZ\0')),
  kind('application/lzip', '.lz', beginsWith('LZIP'), { aliases: ['application/x-lzip'] }),
  kind('application/x-bittorrent', '.torrent', beginsWith('d8:announce')),
  kind(
    'application/x-cpio',
    '.cpio',
    both((head) => head.length >= 6, beginsWith('\xc7\x71', '070707', '070701', '070702')),
  ),
  kind('application/tzif', '', isTimeZone),
  kind('image/x-xcf', '.xcf', beginsWith('gimp xcf')),
  kind('image/x-gimp-pat', '.pat', dataAt(20, 'GPAT')),
  kind('image/x-gimp-gbr', '.gbr', dataAt(20, 'GIMP')),
  kind('model/gltf-binary', '.glb', beginsWith('glTF\x02\0\0\0', 'glTF\x01\0\0\0')),
  kind(
    'application/x-installshield',
    '.cab',
    both(beginsWith('ISc('), dataAt(6, '\0\x01', '\0\x02', '\0\x04')),
  ),
  kind('image/jxr', '.jxr', beginsWith('II\xbc'), { aliases: ['image/vnd.ms-photo'] }),
  kind('application/vnd.apache.parquet', '.parquet', beginsWith('PAR1'), {
    aliases: ['application/x-parquet'],
  }),
  kind(
    'application/onenote',
    '.one',
    beginsWith('\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3'),
  ),
  kind('application/vnd.ms-htmlhelp', '.chm', beginsWith('ITSF\x03\0\0\0\x60\0\0\0')),
  kind('application/vnd.wordperfect', '.wpd', both(beginsWith('\xffWPC'), dataAt(8, '\x01\x0a'))),
  kind(
    'image/vnd.dxf',
    '.dxf',
    beginsWith('  0\nSECTION\n', '  0\r\nSECTION\r\n', '0\nSECTION\n', '0\r\nSECTION\r\n'),
  ),
  kind('application/grib', '.grb', both(beginsWith('GRIB'), dataAt(7, '\x01', '\x02'))),
  ...textTypes,
  kind('application/bufr', '.bufr', both(beginsWith('BUFR'), dataAt(7, '\x03', '\x04'))),
  kind(
    'application/zlib',
    '',
    both(beginsWith('x'), (head) => (numberAt(head, 0, 2) ?? 1) % 31 === 0),
  ),
  kind('application/x-os2-inf', '.inf', beginsWith('HSP\x01\x9b\0')),
  kind('application/x-os2-hlp', '.hlp', beginsWith('HSP\x10\x9b\0')),
  kind(
    'application/vnd.framemaker',
    '.fm',
    beginsWith('<MakerFile', '<MakerDictionary', '<BookFile'),
  ),
]
