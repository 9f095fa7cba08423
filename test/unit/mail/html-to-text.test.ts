import { describe, it } from 'vitest'
import { htmlToText } from '#mail/html-to-text.ts'

const cases = [
  { name: 'paragraphs apart', html: '<p>One</p>\n<p>Two</p>', text: 'One\n\nTwo\n' },
  { name: 'lines below each other', html: '<p>One<br/>Two</p>', text: 'One\nTwo\n' },
  {
    name: 'white space as one space',
    html: '<p>\n  One\n  two </p>',
    text: 'One two\n',
  },
  {
    name: 'links with their addresses',
    html: '<p><a href="https://example.com/?a=1&amp;b=2">Open</a>.</p>',
    text: 'Open <https://example.com/?a=1&b=2>.\n',
  },
  {
    name: 'links that show their URL once',
    html: '<a href="https://example.com">https://example.com</a>',
    text: 'https://example.com\n',
  },
  {
    name: 'pictures as nothing',
    html: '<a href="https://x.y"><img src="a"/></a>',
    text: 'https://x.y\n',
  },
  {
    name: 'list items with dashes',
    html: '<p>Do:</p><ul><li>One</li><li>Two</li></ul><p>End</p>',
    text: 'Do:\n\n- One\n- Two\n\nEnd\n',
  },
  { name: 'characters for entities', html: '<p>a &lt; b &amp;&nbsp;c</p>', text: 'a < b & c\n' },
  {
    name: 'nothing of styles and scripts',
    html: '<style>p{}</style><script>x</script><p>One</p>',
    text: 'One\n',
  },
  { name: 'words as they are', html: 'a<b>b</b>c <i>d</i>', text: 'abc d\n' },
  { name: 'broken markup as far as it goes', html: '</p><p>One<a href="x">', text: 'One x\n' },
  { name: 'nothing', html: '', text: '\n' },
]

describe('the text of HTML', () => {
  it.for(cases)('has $name', ({ html, text }, { expect }) => {
    expect(htmlToText(html)).toBe(text)
  })
})
