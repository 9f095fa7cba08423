import { describe, it } from 'vitest'
import { parseExportArguments } from '#cli/export-arguments.ts'
import { parseImportArguments } from '#cli/import-arguments.ts'

describe('the arguments of npm run import', () => {
  it('default to the local deployment without replacing anything', ({ expect }) => {
    const command = parseImportArguments(['pb_data'], '/home/ada')

    expect(command).toEqual({
      action: 'import',
      source: '/home/ada/pb_data',
      target: { location: 'local' },
      existing: 'keep',
      isDryRun: false,
      withoutPublic: false,
      encryptionEnv: undefined,
    })
  })

  it('may come in any order', ({ expect }) => {
    const options = [
      '--remote',
      '--dry-run',
      '--without-public',
      '/srv/pb_data',
      '--replace',
      '--encryption-env',
      'KEY',
    ]
    const command = parseImportArguments(options, '/home/ada')

    expect(command).toEqual({
      action: 'import',
      source: '/srv/pb_data',
      target: { location: 'remote' },
      existing: 'replace',
      isDryRun: true,
      withoutPublic: true,
      encryptionEnv: 'KEY',
    })
  })

  it('resolve the folder of another local deployment relative to the current folder', ({
    expect,
  }) => {
    const command = parseImportArguments(['a.zip', '--persist-to', '../state'], '/home/ada')

    expect(command).toMatchObject({ target: { location: 'local', persistTo: '/home/state' } })
  })

  it.for([[[]], [['--help']], [['-h']], [['pb_data', '--help']]])(
    'ask for help: %j',
    ([args = []], { expect }) => {
      expect(parseImportArguments(args, '/')).toEqual({ action: 'help' })
    },
  )

  it.for([
    { name: 'no folder', args: ['--remote'], complaint: /Expected: npm run import -- PB_DATA/ },
    { name: 'two folders', args: ['a', 'b'], complaint: /Expected: npm run import -- PB_DATA/ },
    { name: 'an unknown option', args: ['a', '--force'], complaint: /Unknown option '--force'/ },
    { name: 'an option without its value', args: ['a', '--persist-to'], complaint: /persist-to/ },
    {
      name: 'two deployments',
      args: ['a', '--remote', '--persist-to', 'b'],
      complaint: /--persist-to and --remote cannot be combined/,
    },
  ])('are refused with $name', ({ args, complaint }, { expect }) => {
    expect(() => parseImportArguments(args, '/')).toThrow(complaint)
  })
})

describe('the arguments of npm run export', () => {
  it('default to the local deployment', ({ expect }) => {
    expect(parseExportArguments(['out'], '/home/ada')).toEqual({
      action: 'export',
      folder: '/home/ada/out',
      target: { location: 'local' },
    })
    expect(parseExportArguments(['out', '--remote'], '/home/ada')).toMatchObject({
      target: { location: 'remote' },
    })
  })

  it.for([[[]], [['--help']]])('ask for help: %j', ([args = []], { expect }) => {
    expect(parseExportArguments(args, '/')).toEqual({ action: 'help' })
  })

  it.for([
    { name: 'no folder', args: ['--remote'], complaint: /Expected: npm run export -- FOLDER/ },
    { name: 'two folders', args: ['a', 'b'], complaint: /Expected: npm run export -- FOLDER/ },
    { name: 'an unknown option', args: ['a', '--replace'], complaint: /Unknown option/ },
  ])('are refused with $name', ({ args, complaint }, { expect }) => {
    expect(() => parseExportArguments(args, '/')).toThrow(complaint)
  })
})
