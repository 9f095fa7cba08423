import { describe, it } from 'vitest'
import { parseSuperuserArguments } from '#cli/superuser-arguments.ts'
import { UsageError } from '#cli/terminal/usage.ts'

describe('the superuser command line', () => {
  const understood = [
    {
      name: 'upsert',
      args: ['upsert', 'a@example.com', '12345678'],
      command: {
        action: 'upsert',
        target: { location: 'local' },
        email: 'a@example.com',
        password: '12345678',
      },
    },
    {
      name: 'delete of a deployed one',
      args: ['delete', 'a@example.com', '--remote'],
      command: { action: 'delete', target: { location: 'remote' }, email: 'a@example.com' },
    },
    {
      name: 'reset-factors',
      args: ['reset-factors', 'a@example.com'],
      command: {
        action: 'reset-factors',
        target: { location: 'local' },
        email: 'a@example.com',
      },
    },
    {
      name: 'list with the option in front',
      args: ['--remote', 'list'],
      command: { action: 'list', target: { location: 'remote' } },
    },
    {
      name: 'the data folder of a server on Node',
      args: ['list', '--data', 'arete_data'],
      command: { action: 'list', target: { location: 'folder', folder: '/home/arete_data' } },
    },
    { name: 'nothing as a call for help', args: [], command: { action: 'help' } },
    { name: 'help beside an action', args: ['list', '--help'], command: { action: 'help' } },
  ]

  for (const { name, args, command } of understood) {
    it(`understands ${name}`, ({ expect }) => {
      expect(parseSuperuserArguments(args, '/home')).toEqual(command)
    })
  }

  it.for([
    {
      name: 'the usual deployment',
      args: ['list'],
      target: { location: 'folder', folder: '/data' },
    },
    {
      name: 'the deployed one',
      args: ['list', '--remote'],
      target: { location: 'remote' },
    },
    {
      name: 'another folder',
      args: ['list', '--data', 'other'],
      target: { location: 'folder', folder: '/home/other' },
    },
    {
      name: 'the local one, with the value after an equals sign',
      args: ['list', '--persist-to=state'],
      target: { location: 'local', persistTo: '/home/state' },
    },
  ])('means $name by $args', ({ args, target }, { expect }) => {
    const usual = { location: 'folder', folder: '/data' } as const

    expect(parseSuperuserArguments(args, '/home', usual)).toEqual({ action: 'list', target })
  })

  const refused = [
    { name: 'an unknown action', args: ['drop'], message: 'There is no "drop"' },
    {
      name: 'two places at once',
      args: ['list', '--remote', '--data', 'arete_data'],
      message: '--data and --remote cannot be combined',
    },
    { name: 'an unknown option', args: ['list', '--local'], message: '--local' },
    {
      name: 'a missing password',
      args: ['upsert', 'a@example.com'],
      message: 'Expected: npm run superuser -- upsert EMAIL PASSWORD',
    },
    {
      name: 'too many words',
      args: ['delete', 'a@example.com', 'b@example.com'],
      message: 'Expected: npm run superuser -- delete EMAIL',
    },
    {
      name: 'an invalid address',
      args: ['upsert', "' OR 1=1", '12345678'],
      message: `"' OR 1=1" is not a valid email address.`,
    },
    {
      name: 'a short password',
      args: ['upsert', 'a@example.com', '1234567'],
      message: 'The password must have at least 8 characters.',
    },
    {
      name: 'a password no sign-in would accept, for its characters',
      args: ['upsert', 'a@example.com', 'x'.repeat(72)],
      message: 'The password must have at most 71 characters.',
    },
    {
      name: 'a password no sign-in would accept, for its bytes',
      args: ['upsert', 'a@example.com', 'é'.repeat(40)],
      message: 'The password must have at most 72 bytes in UTF-8.',
    },
  ]

  for (const { name, args, message } of refused) {
    it(`rejects ${name} with the reason`, ({ expect }) => {
      expect(() => parseSuperuserArguments(args, '/home')).toThrow(UsageError)
      expect(() => parseSuperuserArguments(args, '/home')).toThrow(message)
    })
  }
})
