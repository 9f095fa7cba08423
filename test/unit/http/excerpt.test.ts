import fc from 'fast-check'
import { describe, it } from 'vitest'
import { excerpt } from '#http/excerpt.ts'

// Every expected value is that of PocketBase 0.39.11.
const cases: [html: string, short: string, long: string][] = [
  ['éééééé<b>éééééé</b>', 'éééééé', 'éééééééééééé'],
  ['éé<i>éé</i><i>éé</i><i>éé</i><i>éé</i><i>éé</i>', 'éééééé', 'éééééééééééé'],
  ['<title>t</title>hello', 'hello', 'hello'],
  ['x<title>t</title>hello', 'x t hell...', 'x t hello'],
  ['a&nbsp;&nbsp;b', 'a\u00a0\u00a0b', 'a\u00a0\u00a0b'],
  ['<p>a</p><p>b</p>', 'a b', 'a b'],
  ['a<br>b', 'ab', 'ab'],
  ['a<hr>b', 'a b', 'a b'],
  ['a<img src=x>b', 'ab', 'ab'],
  ['<ul><li>one<li>two</ul>', 'one two', 'one two'],
  ['<script>x</script>y', 'y', 'y'],
  ['a<!-- c -->b', 'ab', 'ab'],
  ['a < b > c', 'a < b >...', 'a < b > c'],
  ['<div>a<span> b </span> c</div>', 'a b c', 'a b c'],
  ['<b>un<i>closed', 'unclosed', 'unclosed'],
  ['x<wbr>y', 'x y', 'x y'],
  ['<table><tr><td>a<td>b</table>', 'a b', 'a b'],
  ['<form>z</form>q', 'q', 'q'],
  ['<select><option>a</select>b', 'b', 'b'],
  ['&lt;b&gt;x', '<b>x', '<b>x'],
  ['&amp &copy;x &notit;', '& ©x ¬it...', '& ©x ¬it;'],
  ['<svg><text>a</text></svg>b', 'b', 'b'],
  ['<noscript>n</noscript>m', 'm', 'm'],
  ['plain', 'plain', 'plain'],
  ['  lead   and trail  ', 'lead and...', 'lead and trail'],
  ['<a href="x">l</a>ink', 'link', 'link'],
  ['</p>x', 'x', 'x'],
  ['<p/>y', 'y', 'y'],
  ['<textarea>t</textarea>u', 'u', 'u'],
  ['😀😀😀😀😀😀😀😀😀😀', '😀😀😀😀😀😀😀😀...', '😀😀😀😀😀😀😀😀😀😀'],
  ['<button>b</button>c', 'c', 'c'],
  ['<xmp><b>r</b></xmp>s', '<b>r</b>...', '<b>r</b> s'],
  ['<iframe>x</iframe>y', 'y', 'y'],
  ['<p>a<div>b</div>c</p>d', 'a b c d', 'a b c d'],
  ['a<!DOCTYPE html>b', 'ab', 'ab'],
  ['<body onload=x>k', 'k', 'k'],
  ['<style>.a{}</style>z', 'z', 'z'],
  ['<math><mi>q</mi></math>', 'q', 'q'],
  ['a\u0000b', 'ab', 'ab'],
  ['<h1>T</h1>x<h2>U</h2>', 'T x U', 'T x U'],
  ['<noframes>nf</noframes>x', 'x', 'x'],
  ['x<head>y</head>z', 'xyz', 'xyz'],
  ['<html><head>hh</head><body>bb</body></html>', 'hhbb', 'hhbb'],
  ['<template>t</template>v', 'v', 'v'],
  ['<video>vv</video>w', 'vv w', 'vv w'],
  ['<center>c</center>', 'c', 'c'],
  ['a<x-y>b</x-y>c', 'a b c', 'a b c'],
  ['a<?php x ?>b', 'ab', 'ab'],
  ['<![CDATA[x]]>y', 'y', 'y'],
  ['<p', '', ''],
  ['a<p', 'a', 'a'],
  ['a</', 'a</', 'a</'],
  ['<xmp>a<p', 'a<p', 'a<p'],
]

describe('an excerpt', () => {
  it.for(cases)('of %j equals PocketBase’s', ([html, short, long], { expect }) => {
    expect(excerpt(html, { max: 8, withEllipsis: true })).toBe(short)
    expect(excerpt(html, { max: 100, withEllipsis: true })).toBe(long)
  })

  it('has no ellipsis by default', ({ expect }) => {
    expect(excerpt('one two three', { max: 7, withEllipsis: false })).toBe('one two')
  })

  it('of any string is within the limit', ({ expect }) => {
    const html = fc.string({
      unit: fc.constantFrom('<', '>', '/', 'p', 'b', ' ', '&', ';', '😀', '!'),
    })
    fc.assert(
      fc.property(html, fc.integer({ min: 1, max: 20 }), (text, max) => {
        expect(Array.from(excerpt(text, { max, withEllipsis: false })).length).toBeLessThanOrEqual(
          max,
        )
      }),
    )
  })
})
