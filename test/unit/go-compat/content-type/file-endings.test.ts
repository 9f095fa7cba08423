import { describe, it } from 'vitest'
import { isContradicted, servedType } from '#go-compat/content-type/file-endings.ts'

describe('the ending of a name', () => {
  it.for([
    ['x.js', 'image/gif'],
    ['x.mjs', 'application/pdf'],
    ['x.css', 'image/bmp'],
    ['page.html', 'image/png'],
    ['page.HTM', 'application/zip'],
    ['a.svg', 'image/jpeg'],
    ['feed.xml', 'audio/mpeg'],
    ['a.swf', 'text/html; charset=utf-8'],
    ['photo.png', 'text/html; charset=utf-8'],
    ['photo.JPG', 'image/svg+xml'],
    ['song.mp3', 'text/xml; charset=utf-8'],
    ['paper.pdf', 'text/html'],
    ['photo.gif', 'application/x-shockwave-flash'],
    ['photo.webp', 'text/javascript'],
  ] as const)('excludes the content: %s of %s', ([name, type], { expect }) => {
    expect(isContradicted(name, type)).toBe(true)
  })

  it.for([
    ['photo', 'image/png'],
    ['photo.jpeg', 'image/jpeg'],
    ['photo.jpg', 'image/png'],
    ['clip.ts', 'video/mpeg'],
    ['types.ts', 'text/plain; charset=utf-8'],
    ['table.csv', 'text/plain; charset=utf-8'],
    ['old.xls', 'text/html; charset=utf-8'],
    ['letter.docx', 'application/zip'],
    ['readme.md', 'text/html; charset=utf-8'],
    ['page.html', 'text/plain; charset=utf-8'],
    ['drawing.svg', 'text/html; charset=utf-8'],
    ['code.js', 'text/csv'],
    ['code.js', 'application/octet-stream'],
    ['photo.png', 'application/octet-stream'],
    ['track.gpx', 'application/gpx+xml'],
    ['track.xml', 'application/gpx+xml'],
    ['flash.swf', 'application/x-shockwave-flash'],
    ['a.constructor', 'image/png'],
  ] as const)('goes with the content: %s of %s', ([name, type], { expect }) => {
    expect(isContradicted(name, type)).toBe(false)
  })

  it.for([
    ['code.js', 'text/plain; charset=utf-8', 'text/javascript'],
    ['code.js', 'image/gif', 'image/gif'],
    ['style.css', 'text/csv', 'text/css'],
    ['drawing.svg', 'text/html; charset=utf-8', 'image/svg+xml'],
    ['drawing.svg', 'image/png', 'image/png'],
    [
      'sheet.xlsx',
      'application/zip',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ],
    ['sheet.xlsx', 'text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
    ['page.html', 'text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
  ] as const)('tells the type of %s of %s', ([name, type, served], { expect }) => {
    expect(servedType(name, type)).toBe(served)
  })
})
