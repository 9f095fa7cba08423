/** The content type of {@link oddForms} that have none of their own. */
export const oddFormType = 'multipart/form-data; boundary=b'

/** An unusual multipart form: strings for the fields `t` and `u`, files for `f`. */
export interface OddForm {
  readonly name: string
  readonly type?: string
  readonly body: string
  /** The names of its parts with their strings, or with the name and content of a file. */
  readonly parts: readonly (readonly [name: string, text: string, fileName?: string])[] | 'refused'
  /** True if PocketBase accepts a form rejected here, but drops or misreads a part. */
  readonly isAcceptedInPart?: true
}

const t = 'Content-Disposition: form-data; name="t"'
const u = 'Content-Disposition: form-data; name="u"'
const f = 'Content-Disposition: form-data; name="f"'

/** A form of parts, each with its headers and its content. */
function form(...parts: readonly (readonly [headers: string, content: string])[]): string {
  const written = parts.map(([headers, content]) => `--b\r\n${headers}\r\n\r\n${content}\r\n`)
  return `${written.join('')}--b--\r\n`
}

/** The same form with LF only. */
function unix(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

/** Forms that RFC 2046, RFC 2047 and RFC 7578 allow, and some that they do not. */
export const oddForms: readonly OddForm[] = [
  {
    name: 'blanks after a delimiter',
    body: form([t, 'x'], [u, 'y']).replaceAll('--b\r\n', '--b \t \r\n'),
    parts: [
      ['t', 'x'],
      ['u', 'y'],
    ],
  },
  {
    name: 'blanks after the last delimiter',
    body: form([t, 'x']).replace('--b--', '--b--  '),
    parts: [['t', 'x']],
  },
  {
    name: 'LF in the headers',
    body: form([`${t}\nContent-Type: text/plain`, 'x']),
    parts: [['t', 'x']],
  },
  {
    name: 'LF before the content',
    body: form([t, 'x']).replace('\r\n\r\n', '\n\n'),
    parts: [['t', 'x']],
  },
  {
    name: 'LF throughout',
    body: unix(form([t, 'x'], [u, 'a\r\nb'])),
    parts: [
      ['t', 'x'],
      ['u', 'a\nb'],
    ],
  },
  {
    name: 'LF throughout, and CR in the content',
    body: '--b\nContent-Disposition: form-data; name=t\n\nx\r\n--b--\n',
    parts: [['t', 'x\r']],
  },
  {
    name: 'LF before a delimiter, where the first has CRLF',
    body: `--b\r\n${t}\r\n\r\nx\n--b\r\n${u}\r\n\r\ny\r\n--b--\r\n`,
    parts: [['t', `x\n--b\r\n${u}\r\n\r\ny`]],
  },
  {
    name: 'LF after a delimiter, where the first has CRLF',
    body: `--b\r\n${t}\r\n\r\nx\r\n--b\n${u}\r\n\r\ny\r\n--b--\r\n`,
    parts: 'refused',
  },
  { name: 'no line end at the end', body: form([t, 'x']).trimEnd(), parts: [['t', 'x']] },
  { name: 'an empty line first', body: `\r\n${form([t, 'x'])}`, parts: [['t', 'x']] },
  {
    name: 'a preamble that looks like a delimiter',
    body: `--bb\r\nx--b\r\n${form([t, 'x'])}`,
    parts: [['t', 'x']],
  },
  { name: 'an epilogue', body: `${form([t, 'x'])}--b\r\n${u}\r\n\r\ny`, parts: [['t', 'x']] },
  {
    name: 'content that looks like a delimiter',
    body: form([t, '\r\n--bb\r\n--\r\n-b--b\r\n']),
    parts: [['t', '\r\n--bb\r\n--\r\n-b--b\r\n']],
  },
  { name: 'empty content without a line', body: `--b\r\n${t}\r\n\r\n--b--`, parts: [['t', '']] },
  {
    name: 'a delimiter with something after it',
    body: `--b\r\n${t}\r\n\r\nx\r\n--b y\r\n${u}\r\n\r\ny\r\n--b--`,
    parts: 'refused',
  },
  {
    name: 'a last delimiter with something after it',
    body: form([t, 'x']).replace('--b--', '--b--x'),
    parts: 'refused',
  },
  { name: 'a part without an end', body: `--b\r\n${t}\r\n\r\nx`, parts: 'refused' },
  { name: 'a part without content', body: `--b\r\n${t}\r\n--b--\r\n`, parts: 'refused' },
  { name: 'headers without a colon', body: form([`${t}\r\nx`, 'x']), parts: 'refused' },
  { name: 'a delimiter after a delimiter', body: `--b\r\n${form([t, 'x'])}`, parts: 'refused' },
  {
    name: 'a header on two lines',
    body: form(['Content-Disposition: form-data;\r\n name="t"', 'x']),
    parts: [['t', 'x']],
  },
  {
    name: 'headers in any case and order',
    body: form(['content-type: text/plain\r\nCONTENT-DISPOSITION: FORM-DATA; NAME=t', 'x']),
    parts: [['t', 'x']],
  },
  {
    name: 'a header twice',
    body: form([`${t}\r\n${u}`, 'x']),
    parts: [['t', 'x']],
  },
  {
    name: 'quoted-printable',
    body: form([
      `${t}\r\nContent-Transfer-Encoding: quoted-printable`,
      'a=C3=A4 =3D=\r\nb \t\r\nc=ff=\n=20',
    ]),
    parts: [['t', 'aä =b\r\nc\uFFFD ']],
  },
  {
    name: 'quoted-printable that is hardly any',
    body: form([`${t}\r\nContent-Transfer-Encoding: Quoted-Printable`, 'a=zz ä=4 =']),
    parts: [['t', 'a=zz ä=4 ']],
  },
  {
    name: 'quoted-printable with a control character',
    body: form([`${t}\r\nContent-Transfer-Encoding: quoted-printable`, 'a\u0001']),
    parts: 'refused',
  },
  {
    name: 'a file in quoted-printable',
    body: form([`${f}; filename=a.txt\r\nContent-Transfer-Encoding: quoted-printable`, 'a=3Db']),
    parts: [['f', 'a=b', 'a.txt']],
  },
  {
    name: 'encodings that change nothing',
    body: form(
      [`${t}\r\nContent-Transfer-Encoding: 8bit`, 'a=3D'],
      [`${u}\r\nContent-Transfer-Encoding: BINARY`, 'ä'],
    ),
    parts: [
      ['t', 'a=3D'],
      ['u', 'ä'],
    ],
  },
  {
    name: 'base64',
    body: form([`${t}\r\nContent-Transfer-Encoding: base64`, 'eA==']),
    parts: 'refused',
    isAcceptedInPart: true,
  },
  {
    name: 'an unknown encoding',
    body: form([`${t}\r\nContent-Transfer-Encoding: x-gzip`, 'x']),
    parts: 'refused',
    isAcceptedInPart: true,
  },
  {
    name: 'another character set with ASCII alone',
    body: form([`${t}\r\nContent-Type: text/plain; charset=ISO-8859-1`, 'x']),
    parts: [['t', 'x']],
  },
  {
    name: 'another character set',
    body: form([`${t}\r\nContent-Type: text/plain; charset=windows-1251`, 'ä']),
    parts: 'refused',
    isAcceptedInPart: true,
  },
  {
    name: 'a name without quotes',
    body: form(['Content-Disposition: form-data; name=t', 'x']),
    parts: [['t', 'x']],
  },
  {
    name: 'blanks around parameters',
    body: form(['Content-Disposition:form-data ; name = "t" ;', 'x']),
    parts: [['t', 'x']],
  },
  {
    name: 'a name in the extended notation',
    body: form(["Content-Disposition: form-data; name=u; name*=UTF-8'en'%74", 'x']),
    parts: [['t', 'x']],
  },
  {
    name: 'a file name in sections',
    body: form([`${f}; filename*0*=utf-8''%C3; filename*1*=%A4; filename*2=".t%78t"`, 'x']),
    parts: [['f', 'x', 'ä.t%78t']],
  },
  {
    name: 'a file name in an unknown character set',
    body: form([`${f}; filename*=koi8-r''%C1.txt`, 'x']),
    parts: 'refused',
    isAcceptedInPart: true,
  },
  {
    name: 'a file name with a missing section',
    body: form([`${f}; filename*0=a; filename*2=c`, 'x']),
    parts: 'refused',
    isAcceptedInPart: true,
  },
  {
    name: 'a file name with folders',
    body: form([`${f}; filename="/a/b.txt/"`, 'x']),
    parts: [['f', 'x', 'b.txt']],
  },
  {
    name: 'a file name from Windows',
    body: form([`${f}; filename="C:\\dir\\b.txt"`, 'x']),
    parts: [['f', 'x', 'C:\\dir\\b.txt']],
  },
  {
    name: 'a file name with a quote',
    body: form([`${f}; filename="a\\"b.txt"`, 'x']),
    parts: [['f', 'x', 'a"b.txt']],
  },
  {
    name: 'a quote without an end',
    body: form(['Content-Disposition: form-data; name="t', 'x']),
    parts: 'refused',
    isAcceptedInPart: true,
  },
  {
    name: 'a parameter twice',
    body: form([`${t}; name="u"`, 'x']),
    parts: 'refused',
    isAcceptedInPart: true,
  },
  {
    name: 'a file name without quotes that has a blank',
    body: form([`${f}; filename=a b.txt`, 'x']),
    parts: 'refused',
    isAcceptedInPart: true,
  },
  {
    name: 'a part without a name',
    body: form(['Content-Disposition: form-data', 'x']),
    parts: 'refused',
    isAcceptedInPart: true,
  },
  {
    name: 'a part with an empty name',
    body: form([t.replace('"t"', '""'), 'x']),
    parts: 'refused',
    isAcceptedInPart: true,
  },
  {
    name: 'a part without headers',
    body: '--b\r\n\r\nx\r\n--b--',
    parts: 'refused',
    isAcceptedInPart: true,
  },
  {
    name: 'a part that is no field',
    body: form(['Content-Disposition: attachment; name=t', 'x']),
    parts: 'refused',
    isAcceptedInPart: true,
  },
  {
    name: 'a nameless part without content',
    body: form(['Content-Disposition: form-data', ''], [t, 'x']),
    parts: [['t', 'x']],
  },
  {
    name: 'a boundary with blanks and quotes',
    type: 'multipart/form-data; boundary="a \\"b"',
    body: form([t, 'x']).replaceAll('--b', '--a "b'),
    parts: [['t', 'x']],
  },
  {
    name: 'a boundary that ends in dashes',
    type: 'multipart/form-data; charset=utf-8; boundary=b--',
    body: form([t, 'x']).replaceAll('--b', '--b--'),
    parts: [['t', 'x']],
  },
  {
    name: 'a boundary twice',
    type: 'multipart/form-data; boundary=b; boundary=c',
    body: form([t, 'x']),
    parts: 'refused',
  },
]
