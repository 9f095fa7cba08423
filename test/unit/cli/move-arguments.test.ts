import { describe, it } from 'vitest'
import { parseMoveArguments } from '#cli/move-arguments.ts'

describe('the arguments of npm run move', () => {
  it('name two places', ({ expect }) => {
    const args = ['--from', 'arete_data', '--to', 'cloudflare', '--replace']

    expect(parseMoveArguments(args, '/home')).toEqual({
      action: 'move',
      from: { location: 'folder', folder: '/home/arete_data' },
      to: { location: 'remote' },
      existing: 'replace',
      isDryRun: false,
    })
  })

  it.for([
    ['local', { location: 'local' }],
    ['local:state', { location: 'local', persistTo: '/home/state' }],
    ['./local', { location: 'folder', folder: '/home/local' }],
    ['/data', { location: 'folder', folder: '/data' }],
  ] as const)('understand the place %s', ([place, target], { expect }) => {
    const command = parseMoveArguments(['--from', place, '--to', 'cloudflare'], '/home')
    expect(command).toMatchObject({ from: target })
  })

  it.for([
    { name: 'one place', args: ['--from', 'a'], complaint: /Expected: npm run move/ },
    { name: 'the same place twice', args: ['--from', 'a', '--to', './a'], complaint: /the same/ },
    { name: 'an unknown option', args: ['--force'], complaint: /--force/ },
  ])('are refused with $name', ({ args, complaint }, { expect }) => {
    expect(() => parseMoveArguments(args, '/home')).toThrow(complaint)
  })
})
