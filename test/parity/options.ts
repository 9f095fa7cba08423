import { readArguments, UsageError } from '#cli/terminal/usage.ts'

/** The options of a run. */
export interface Options {
  readonly help: boolean
  readonly seed: number
  readonly requests: number
  /** The host of Arete. */
  readonly host: 'workerd' | 'node'
  /** True for an application whose hooks do nothing. */
  readonly hasHooks: boolean
  readonly only: 'corpus' | 'generator' | undefined
  readonly scenario: string | undefined
  readonly world: number | undefined
  readonly isSelfTest: boolean
  readonly verbose: boolean
}

/** The text of `--help`. */
export const help = `npm run parity -- [options]

Sends the same requests to PocketBase and to Arete and compares the answers.

  --seed N          the generator's seed; the same seed makes the same requests (default: 1)
  --requests N      how many requests the generator makes (default: 5000)
  --host HOST       workerd or node: where Arete runs (default: workerd)
  --hooks           Arete with an application whose hooks do nothing
  --only PART       corpus or generator
  --scenario TEXT   only scenarios of the corpus whose name contains TEXT
  --world N         only this world of the generator
  --self-test       PocketBase against a second PocketBase: what differs then is the run's own fault
  --verbose         every request, and every difference in full
  --help            this text

POCKETBASE_BIN names another PocketBase binary. Exit code 1: something differs that
docs/differences.md does not list.
`

/** Parses the command line. @throws {UsageError} For unknown options. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        seed: { type: 'string', default: '1' },
        requests: { type: 'string', default: '5000' },
        host: { type: 'string', default: 'workerd' },
        hooks: { type: 'boolean', default: false },
        only: { type: 'string' },
        scenario: { type: 'string' },
        world: { type: 'string' },
        'self-test': { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
      },
    },
    'npm run parity -- --help',
  )
  const { only, host } = values
  if (host !== 'workerd' && host !== 'node') throw new UsageError('--host takes workerd or node.')
  if (values.hooks && host !== 'workerd') throw new UsageError('--hooks needs --host workerd.')
  if (only !== undefined && only !== 'corpus' && only !== 'generator') {
    throw new UsageError('--only takes corpus or generator.')
  }
  return {
    help: values.help,
    seed: wholeNumber('--seed', values.seed),
    requests: wholeNumber('--requests', values.requests),
    host,
    hasHooks: values.hooks,
    only:
      values.scenario !== undefined ? 'corpus' : values.world !== undefined ? 'generator' : only,
    scenario: values.scenario,
    world: values.world === undefined ? undefined : wholeNumber('--world', values.world),
    isSelfTest: values['self-test'],
    verbose: values.verbose,
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`${name} takes a whole number.`)
  return Number(text)
}
