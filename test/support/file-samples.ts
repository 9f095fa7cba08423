/*
 * The start of a file of each type that PocketBase recognises, with the type and the extension that
 * PocketBase 0.39.11 gives it. Each character is a byte.
 */

/** The type of a file, the extension it gets if its name has none, and its content. */
export type FileSample = readonly [type: string, extension: string, content: string]

const z = (count: number): string => '\0'.repeat(count)

/** The start of an archive with entries of these names. */
export function archiveOf(
  ...entries: readonly (readonly [name: string, content?: string])[]
): string {
  return entries
    .map(([name, content = '']) => {
      const length = String.fromCharCode(name.length, 0)
      return `PK\x03\x04${z(22)}${length}\0\0${name}${content}`
    })
    .join('')
}

const odf = 'application/vnd.oasis.opendocument.'
const ooxml = 'application/vnd.openxmlformats-officedocument.'

function openDocument(name: string, extension: string): FileSample {
  return [`${odf}${name}`, extension, archiveOf(['mimetype', `${odf}${name}`])]
}

/** A compound file whose root, in the first sector of the directory, has a class. */
function compound(root: string, data = ''): string {
  const header = `\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1${z(18)}\x03\0${z(20)}\x01\0\0\0`.padEnd(
    512,
    '\0',
  )
  return `${header}${data.padEnd(512, '\0')}${z(80)}${root}`.padEnd(2048, '\0')
}

function film(brand: string): string {
  return `\0\0\0\x18ftyp${brand}\0\0\x02\0`
}

function elf(kind: string): string {
  return `\x7fELF\x02\x01\x01${z(9)}${kind}\0\x3e\0`
}

function xml(content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${content}`
}

function tar(): string {
  const name = 'hello.txt'.padEnd(100, '\0')
  const numbers = `0000644\0${'0000000\0'.repeat(2)}00000000000\x0000000000000\0`
  const rest = `0${z(100)}ustar\x0000${z(32)}${z(32)}`
  const block = (sum: string): string => `${name}${numbers}${sum}${rest}`.padEnd(512, '\0')
  const total = Array.from(block(' '.repeat(8))).reduce((sum, byte) => sum + byte.charCodeAt(0), 0)
  return block(`${total.toString(8).padStart(6, '0')}\0 `)
}

/** All samples. */
export const fileSamples: readonly FileSample[] = [
  ['image/x-xpixmap', '.xpm', '/* XPM */\nstatic char * a[] = {'],
  ['application/x-7z-compressed', '.7z', '7z\xbc\xaf\x27\x1c\0\x04'],
  ['application/zip', '.zip', archiveOf(['a.txt', 'hello'])],
  [
    `${ooxml}wordprocessingml.document`,
    '.docx',
    archiveOf(['[Content_Types].xml'], ['word/document.xml']),
  ],
  [
    `${ooxml}spreadsheetml.sheet`,
    '.xlsx',
    archiveOf(['[Content_Types].xml'], ['_rels/.rels'], ['xl/workbook.xml']),
  ],
  [
    `${ooxml}presentationml.presentation`,
    '.pptx',
    archiveOf(['_rels/.rels'], ['ppt/presentation.xml']),
  ],
  [
    'application/vnd.ms-visio.drawing.main+xml',
    '.vsdx',
    archiveOf(['[Content_Types].xml'], ['visio/document.xml']),
  ],
  ['application/epub+zip', '.epub', archiveOf(['mimetype', 'application/epub+zip'])],
  [
    'application/vnd.android.package-archive',
    '.apk',
    archiveOf(['AndroidManifest.xml'], ['classes.dex']),
  ],
  ['application/java-archive', '.jar', archiveOf(['META-INF/'], ['META-INF/MANIFEST.MF'])],
  openDocument('text', '.odt'),
  openDocument('text-template', '.ott'),
  openDocument('spreadsheet', '.ods'),
  openDocument('spreadsheet-template', '.ots'),
  openDocument('presentation', '.odp'),
  openDocument('presentation-template', '.otp'),
  openDocument('graphics', '.odg'),
  openDocument('graphics-template', '.otg'),
  openDocument('formula', '.odf'),
  openDocument('chart', '.odc'),
  ['application/vnd.sun.xml.calc', '.sxc', archiveOf(['mimetype', 'application/vnd.sun.xml.calc'])],
  ['application/vnd.google-earth.kmz', '.kmz', archiveOf(['doc.kml', '<kml/>'])],
  ['application/pdf', '.pdf', '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n'],
  ['application/vnd.fdf', '.fdf', '%FDF-1.2\n%\xe2\xe3\xcf\xd3\n'],
  ['application/x-ole-storage', '', compound('')],
  ['application/x-ms-installer', '.msi', compound('\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46')],
  ['application/vnd.ms-outlook', '.msg', compound('\x0b\x0d\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46')],
  ['application/vnd.ms-excel', '.xls', compound('\x20\x08\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46')],
  ['application/vnd.ms-excel', '.xls', compound('', '\x09\x08\x10\0\0\x06\x05\0')],
  ['application/vnd.ms-publisher', '.pub', compound('\x01\x12\x02\0\0\0\0\0\0\xc0\0\0\0\0\0\x46')],
  [
    'application/vnd.ms-powerpoint',
    '.ppt',
    compound('\x10\x8d\x81\x64\x9b\x4f\xcf\x11\x86\xea\0\xaa\0\xb9\x29\xe8'),
  ],
  ['application/msword', '.doc', compound('\x06\x09\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46')],
  ['application/postscript', '.ps', '%!PS-Adobe-3.0\n'],
  ['image/vnd.adobe.photoshop', '.psd', `8BPS\0\x01${z(20)}`],
  ['application/pkcs7-signature', '.p7s', '-----BEGIN PKCS7-----\nMIIB\n'],
  [
    'application/pkcs7-signature',
    '.p7s',
    `\x30\x82\x01\x10\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02${z(20)}`,
  ],
  ['application/ogg', '.ogg', `OggS\0\x02${z(40)}`],
  ['audio/ogg', '.oga', `OggS\0\x02${z(22)}\x01vorbis${z(20)}`],
  ['video/ogg', '.ogv', `OggS\0\x02${z(22)}\x80theora${z(20)}`],
  ['image/png', '.png', '\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0'],
  ['image/vnd.mozilla.apng', '.png', `\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR${z(21)}acTL${z(8)}`],
  ['image/jpeg', '.jpg', '\xff\xd8\xff\xe0\0\x10JFIF\0'],
  ['image/jxl', '.jxl', '\xff\x0a\xfa\x7f'],
  ['image/jxl', '.jxl', '\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14'],
  ['image/jp2', '.jp2', '\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0'],
  ['image/jpx', '.jpf', '\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjpx \0\0\0\0'],
  ['image/jpm', '.jpm', '\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjpm \0\0\0\0'],
  ['image/jxs', '.jxs', '\0\0\0\x0cJXS \r\n\x87\n\0\0\0\x14'],
  ['image/gif', '.gif', 'GIF89a\x01\0\x01\0'],
  ['image/webp', '.webp', 'RIFF\x24\0\0\0WEBPVP8 '],
  ['application/vnd.microsoft.portable-executable', '.exe', 'MZ\x90\0\x03\0\0\0'],
  ['application/x-elf', '', elf('\x09')],
  ['application/x-object', '', elf('\x01')],
  ['application/x-executable', '', elf('\x02')],
  ['application/x-sharedlib', '.so', elf('\x03')],
  ['application/x-coredump', '', elf('\x04')],
  ['application/x-archive', '.a', '!<arch>\nlib.o/          0'],
  ['application/vnd.debian.binary-package', '.deb', '!<arch>\ndebian-binary   1410122664  0'],
  ['application/x-tar', '.tar', tar()],
  ['application/x-xar', '.xar', 'xar!\0\x1c\0\x01'],
  ['application/x-bzip2', '.bz2', 'BZh91AY&SY'],
  ['application/fits', '.fits', `SIMPLE  =${' '.repeat(20)}T / conforms`],
  ['image/tiff', '.tiff', 'II*\0\x08\0\0\0'],
  ['image/bmp', '.bmp', `BM\x46${z(7)}\x36\0\0\0\x28\0\0\0`],
  ['application/vnd.lotus-1-2-3', '.123', `\0\0\x1a\0\0\x10\x04\0${z(12)}\x01${z(8)}`],
  ['image/x-icon', '.ico', '\0\0\x01\0\x01\0\x10\x10\0\0\x01\0'],
  ['audio/mpeg', '.mp3', 'ID3\x03\0\0\0\0\0\0'],
  ['audio/mpeg', '.mp3', '\xff\xfb\x90\x44\0\0\0\0'],
  ['audio/flac', '.flac', 'fLaC\0\0\0\x22\x10\0\x10\0'],
  ['audio/midi', '.midi', 'MThd\0\0\0\x06\0\x01\0\x02'],
  ['audio/ape', '.ape', 'MAC \x96\x0f\0\0\x34\0\0\0\x18\0\0\0\x90\xe3\x01\0'],
  ['audio/musepack', '.mpc', 'MPCKSH\x0f\0\0\0\0'],
  ['audio/amr', '.amr', '#!AMR\n\x3c\0\0'],
  ['audio/wav', '.wav', 'RIFF\x24\0\0\0WAVEfmt \x10\0\0\0'],
  ['audio/aiff', '.aiff', 'FORM\0\0\0\x24AIFFCOMM\0\0\0\x12'],
  ['audio/basic', '.au', '.snd\0\0\0\x18\0\0\0\0'],
  ['video/mpeg', '.mpeg', '\0\0\x01\xba\x44\0\x04\0'],
  ['video/quicktime', '.mov', '\0\0\0\x14ftypqt  \0\0\0\0qt  '],
  ['video/quicktime', '.mov', '\0\0\x10\0moov\0\0\0\x6cmvhd'],
  ['video/quicktime', '.mov', '\0\0\0\x08wide\0\0\x10\0mdat'],
  ['video/mp4', '.mp4', film('isom')],
  ['image/avif', '.avif', film('avif')],
  ['video/3gpp', '.3gp', film('3gp5')],
  ['video/3gpp2', '.3g2', film('3g2a')],
  ['audio/mp4', '.mp4', film('M4B ')],
  ['video/quicktime', '.mqv', film('mqt ')],
  ['audio/x-m4a', '.m4a', film('M4A ')],
  ['video/x-m4v', '.m4v', film('M4V ')],
  ['image/heic', '.heic', film('heic')],
  ['image/heic-sequence', '.heic', film('hevc')],
  ['image/heif', '.heif', film('mif1')],
  ['image/heif-sequence', '.heif', film('msf1')],
  ['video/mj2', '.mj2', film('mjp2')],
  ['video/vnd.dvb.file', '.dvb', film('dvr1')],
  ['video/webm', '.webm', '\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm\x42\x87\x81\x04'],
  ['video/x-matroska', '.mkv', '\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska\x42\x87'],
  ['video/x-msvideo', '.avi', 'RIFF\x24\0\0\0AVI LIST\xc0\0\0\0hdrl'],
  ['video/x-flv', '.flv', 'FLV\x01\x05\0\0\0\x09'],
  ['video/x-ms-asf', '.asf', '\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c\0\0'],
  ['audio/aac', '.aac', '\xff\xf1\x50\x80\x02\x1f\xfc'],
  ['audio/x-unknown', '.voc', 'Creative Voice File\x1a\x1a\0'],
  ['application/vnd.apple.mpegurl', '.m3u', '#EXTM3U\n#EXTINF:10,\na.ts\n'],
  ['application/vnd.rn-realmedia-vbr', '.rmvb', '.RMF\0\0\0\x12\0\0'],
  ['application/gzip', '.gz', '\x1f\x8b\x08\0\0\0\0\0'],
  ['application/x-java-applet', '.class', '\xca\xfe\xba\xbe\0\0\0\x34\0\x1d'],
  ['application/x-shockwave-flash', '.swf', 'CWS\x0a\x10\0\0\0\x78\xda'],
  ['application/x-chrome-extension', '.crx', `Cr24\x02\0\0\0\x04\0\0\0\x04\0\0\0${z(8)}PK\x03\x04`],
  ['font/ttf', '.ttf', `\0\x01\0\0\0\x0a\0\x80\0\x03\0\x20cmap${z(12)}`],
  ['font/woff', '.woff', 'wOFF\0\x01\0\0\0\0'],
  ['font/woff2', '.woff2', 'wOF2\0\x01\0\0\0\0'],
  ['font/otf', '.otf', `OTTO\0\x0a\0\x80\0\x03\0\x20CFF ${z(60)}`],
  ['font/collection', '.ttc', 'ttcf\0\x01\0\0\0\0\0\x02'],
  ['application/vnd.ms-fontobject', '.eot', `\x10\0\0\0\0\0\0\0\x02\0\x02\0${z(22)}LP${z(40)}`],
  ['application/wasm', '.wasm', '\0asm\x01\0\0\0'],
  ['application/vnd.shx', '.shx', `\0\0\x27\x0a${z(20)}\0\0\0\x32\xe8\x03\0\0`],
  [
    'application/vnd.shp',
    '.shp',
    `\0\0\x27\x0a${z(20)}\0\0\0\x64\xe8\x03\0\0\x01${z(75)}\x01\0\0\0${z(20)}`,
  ],
  ['application/x-dbf', '.dbf', `\x03\x7a\x01\x0f\x02\0\0\0\x41\0\x0c\0${z(60)}`],
  ['application/dicom', '.dcm', `${z(128)}DICM\x02\0\0\0`],
  ['application/x-rar-compressed', '.rar', 'Rar!\x1a\x07\x01\0\x33\x92'],
  ['image/vnd.djvu', '.djvu', 'AT&TFORM\0\0\x10\0DJVUINFO'],
  ['application/x-mobipocket-ebook', '.mobi', `${'A book'.padEnd(60, '\0')}BOOKMOBI\0\0`],
  ['application/x-ms-reader', '.lit', 'ITOLITLS\x01\0\0\0'],
  ['image/bpg', '.bpg', 'BPG\xfb\x20\0'],
  ['application/cbor', '.cbor', '\xd9\xd9\xf7\xa1\x61a\x01'],
  ['application/vnd.sqlite3', '.sqlite', 'SQLite format 3\0\x10\0\x01\x01'],
  ['image/vnd.dwg', '.dwg', `AC1032${z(10)}`],
  ['application/vnd.nintendo.snes.rom', '.nes', 'NES\x1a\x02\x01\x01\0'],
  ['application/x-ms-shortcut', '.lnk', 'L\0\0\0\x01\x14\x02\0\0\0\0\0'],
  ['application/x-mach-binary', '.macho', '\xcf\xfa\xed\xfe\x07\0\0\x01'],
  ['application/x-mach-binary', '.macho', '\xca\xfe\xba\xbe\0\0\0\x02\x01\0\0\x07'],
  ['audio/qcelp', '.qcp', 'RIFF\x24\0\0\0QLCMfmt '],
  ['image/x-icns', '.icns', 'icns\0\0\x10\0TOC '],
  ['image/vnd.radiance', '.hdr', '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n'],
  ['application/marc', '.mrc', '00714cam a2200205 a 4500001001300000\x1e'],
  ['application/x-msaccess', '.mdb', '\0\x01\0\0Standard Jet DB\0\x01'],
  ['application/x-msaccess', '.accdb', '\0\x01\0\0Standard ACE DB\0\x02'],
  ['application/zstd', '.zst', '\x28\xb5\x2f\xfd\x04\x58'],
  ['application/vnd.ms-cab-compressed', '.cab', 'MSCF\0\0\0\0\x10\0\0\0'],
  ['application/x-rpm', '.rpm', '\xed\xab\xee\xdb\x03\0\0\0'],
  ['application/x-xz', '.xz', '\xfd7zXZ\0\0\x04'],
  ['application/lzip', '.lz', 'LZIP\x01\x0c\0\0'],
  ['application/x-bittorrent', '.torrent', 'd8:announce20:http://a.example/an'],
  ['application/x-cpio', '.cpio', '070701000A1B2C000081A4\0'],
  [
    'application/tzif',
    '',
    `TZif2${z(15)}\0\0\0\x05\0\0\0\x05\0\0\0\x1b\0\0\0\x05\0\0\0\x05\0\0\0\x14${z(9)}`,
  ],
  ['image/x-xcf', '.xcf', 'gimp xcf file\0\0\0\x01'],
  ['image/x-gimp-pat', '.pat', `\0\0\0\x1e\0\0\0\x01${z(12)}GPAT`],
  ['image/x-gimp-gbr', '.gbr', `\0\0\0\x1e\0\0\0\x02${z(12)}GIMP`],
  ['model/gltf-binary', '.glb', 'glTF\x02\0\0\0\x10\0\0\0'],
  ['application/x-installshield', '.cab', 'ISc(\x0c\0\0\x04\0\0'],
  ['image/jxr', '.jxr', 'II\xbc\x01\x20\0\0\0'],
  ['application/vnd.apache.parquet', '.parquet', 'PAR1\x15\x04\x15\x1c'],
  [
    'application/onenote',
    '.one',
    '\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3',
  ],
  ['application/vnd.ms-htmlhelp', '.chm', 'ITSF\x03\0\0\0\x60\0\0\0\x01\0\0\0'],
  ['application/vnd.wordperfect', '.wpd', '\xffWPC\x10\0\0\0\x01\x0a\x02\x01'],
  ['image/vnd.dxf', '.dxf', '  0\nSECTION\n  2\nHEADER\n'],
  ['application/grib', '.grb', 'GRIB\0\0\0\x02\0\0'],
  ['application/bufr', '.bufr', 'BUFR\0\0\x10\x04\0\0'],
  ['application/zlib', '', 'x\x9c\x03\0\0\0\0\x01'],
  ['application/x-os2-inf', '.inf', 'HSP\x01\x9b\0\x01\0'],
  ['application/x-os2-hlp', '.hlp', 'HSP\x10\x9b\0\x01\0'],
  ['application/vnd.framemaker', '.fm', '<MakerFile 5.0>\n\0\x01'],
  ['text/plain; charset=utf-8', '.txt', 'just words'],
  ['text/plain', '.txt', ''],
  ['text/plain; charset=utf-8', '.txt', 'gr\xc3\xbc\xc3\x9fe'],
  ['text/plain; charset=iso-8859-1', '.txt', 'gr\xfc\xdfe'],
  ['text/plain; charset=utf-16le', '.txt', '\xff\xfeh\0i\0'],
  ['text/plain; charset=utf-16be', '.txt', '\xfe\xff\0h\0i'],
  ['text/plain; charset=utf-32le', '.txt', '\xff\xfe\0\0h\0\0\0'],
  ['text/plain; charset=utf-32be', '.txt', '\0\0\xfe\xff\0\0\0h'],
  ['image/svg+xml', '.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="1"/>'],
  ['image/svg+xml', '.svg', xml('<!DOCTYPE svg>\n<svg width="1"/>')],
  ['text/html; charset=utf-8', '.html', '  <!DOCTYPE html><title>x</title>'],
  ['text/html; charset=windows-1251', '.html', '<html><head><meta charset="windows-1251"></head>'],
  ['text/xml; charset=UTF-8', '.xml', xml('<note/>')],
  ['application/rss+xml', '.rss', xml('<rss version="2.0"><channel/></rss>')],
  ['application/atom+xml', '.atom', xml('<feed xmlns="http://www.w3.org/2005/Atom"/>')],
  ['model/x3d+xml', '.x3d', xml('<X3D xmlns:xsd="http://www.w3.org/2001/XMLSchema-instance"/>')],
  [
    'application/vnd.google-earth.kml+xml',
    '.kml',
    xml('<kml xmlns="http://www.opengis.net/kml/2.2"/>'),
  ],
  [
    'application/x-xliff+xml',
    '.xlf',
    xml('<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"/>'),
  ],
  [
    'model/vnd.collada+xml',
    '.dae',
    xml('<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema"/>'),
  ],
  ['application/gml+xml', '.gml', xml('<a xmlns:gml="http://www.opengis.net/gml/3.2"/>')],
  [
    'application/gpx+xml',
    '.gpx',
    xml('<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"/>'),
  ],
  [
    'application/vnd.garmin.tcx+xml',
    '.tcx',
    xml(
      '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"/>',
    ),
  ],
  ['application/x-amf', '.amf', xml('<amf unit="millimeter"/>')],
  [
    'application/vnd.ms-package.3dmanufacturing-3dmodel+xml',
    '.3mf',
    xml('<model xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"/>'),
  ],
  ['application/vnd.adobe.xfdf', '.xfdf', xml('<xfdf xmlns="http://ns.adobe.com/xfdf/"/>')],
  ['application/owl+xml', '.owl', xml('<Ontology xmlns="http://www.w3.org/2002/07/owl#"/>')],
  ['application/xhtml+xml', '.html', xml('<html xmlns="http://www.w3.org/1999/xhtml"/>')],
  ['text/x-php', '.php', '<?php echo 1;'],
  ['text/javascript', '.js', '#!/usr/bin/env node\nlet a = 1\n'],
  ['text/x-lua', '.lua', '#!/usr/bin/lua\nprint(1)\n'],
  ['text/x-perl', '.pl', '#!/usr/bin/perl -w\n'],
  ['text/x-python', '.py', '#!/usr/bin/env python3\n'],
  ['text/x-ruby', '.rb', '#!/usr/bin/ruby\n'],
  ['text/x-tcl', '.tcl', '#!/usr/bin/tclsh\n'],
  ['text/x-shellscript', '.sh', '#!/bin/bash -e\n'],
  ['application/json', '.json', '{"a": [1, 2]}'],
  ['application/geo+json', '.geojson', '{"type": "FeatureCollection", "features": []}'],
  ['application/json', '.har', '{"log": {"version": "1.2", "entries": []}}'],
  ['model/gltf+json', '.gltf', '{"asset": {"version": "2.0"}}'],
  ['application/x-ndjson', '.ndjson', '{"a": 1}\n{"a": 2}\n'],
  ['text/rtf', '.rtf', '{\\rtf1\\ansi hello}'],
  ['application/x-subrip', '.srt', '1\n00:00:01,000 --> 00:00:02,500\nHello\n'],
  ['text/csv', '.csv', 'a,b\n1,2\n'],
  ['text/tab-separated-values', '.tsv', 'a\tb\n1\t2\n'],
  ['text/vcard', '.vcf', 'BEGIN:VCARD\r\nVERSION:4.0\r\n'],
  ['text/calendar', '.ics', 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\n'],
  ['application/warc', '.warc', 'WARC/1.0\r\nWARC-Type: warcinfo\r\n'],
  ['text/vtt', '.vtt', 'WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n'],
  ['image/x-portable-bitmap', '.pbm', 'P1\n2 2\n0 1\n1 0\n'],
  ['image/x-portable-graymap', '.pgm', 'P2\n# a comment\n2 2\n255\n0 1 1 0\n'],
  ['image/x-portable-pixmap', '.ppm', 'P3\n1 1\n255\n0 1 1\n'],
  ['image/x-portable-arbitrarymap', '.pam', 'P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nENDHDR\n'],
  [
    'message/rfc822',
    '.eml',
    'From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\n\r\nhi\r\n',
  ],
  ['application/octet-stream', '', '\0\x01\x02\x03'],
]
