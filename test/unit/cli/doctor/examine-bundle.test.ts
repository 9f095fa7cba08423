import { describe, it } from 'vitest'
import { packageFindings, sizeFindings } from '#cli/doctor/examine-bundle.ts'

function messages(path: string, text: string, external: readonly string[] = []) {
  const trusted = new Set(['arete', 'zod'])
  return packageFindings([{ path, text, external }], trusted).map(({ message }) => message)
}

describe('the check of the packages', () => {
  it.for([
    { name: 'eval', text: 'const x = eval("1")', says: 'makes code from text (eval)' },
    {
      name: 'new Function',
      text: 'new Function("return 1")()',
      says: 'makes code from text (eval)',
    },
    { name: 'WebAssembly', text: 'WebAssembly.instantiate(bytes)', says: 'compiles WebAssembly' },
  ])('names one that uses $name', ({ text, says }, { expect }) => {
    expect(messages('node_modules/@scope/tool/lib/a.js', text)).toEqual([
      expect.stringMatching(new RegExp(`^The package @scope/tool .*${says.slice(0, 12)}`)),
    ])
  })

  it('names one that needs parts of Node', ({ expect }) => {
    const external = ['node:fs', 'cloudflare:workers', 'other']

    expect(messages('node_modules/tool/a.js', '', external)).toEqual([
      'The package tool imports node:fs. It may fail on Cloudflare.',
    ])
  })

  it.for([
    { name: 'the word in a comment', path: 'node_modules/tool/a.js', text: '// eval("1")' },
    { name: 'a method of that name', path: 'node_modules/tool/a.js', text: 'redis.eval("1")' },
    {
      name: 'a package of Arete',
      path: 'node_modules/arete/node_modules/zod/a.js',
      text: 'eval("")',
    },
    { name: 'the project itself', path: 'src/app.ts', text: 'eval("1")' },
  ])('is silent about $name', ({ path, text }, { expect }) => {
    expect(messages(path, text)).toEqual([])
  })
})

describe('the check of the size', () => {
  it.for([
    { mebibytes: 1, level: 'ok' },
    { mebibytes: 3.1, level: 'warning' },
    { mebibytes: 10.1, level: 'problem' },
  ])('reports $mebibytes MiB as $level', ({ mebibytes, level }, { expect }) => {
    expect(sizeFindings(mebibytes * 1024 ** 2)).toMatchObject([{ id: 'size', level }])
  })
})
