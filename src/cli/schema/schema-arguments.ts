import { resolve } from 'node:path'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'

const connection = `  --env NAME              the environment of this name in arete.config.ts
  --url URL               or the Arete at this address (ARETE_URL)
  --token TOKEN           with a token of a superuser (ARETE_TOKEN)
  --json                  prints JSON
`

const definitions = `  --schema FILE           the file with the definitions; as in arete.config.ts, schema.ts or src/app.ts
`

const planning = `  --phase PHASE           expand: additions only; contract: removals and closings; all
  --drift keep|overwrite  merges or replaces what has changed since the last push
  --allow WORD            allows a change that loses something, such as drop:posts.title; repeatable
  --delete-missing        drops collections that the definitions do not name
`

/** The help texts of the commands, by name. */
export const schemaHelp = {
  diff: `Compares definitions in code with a deployment.

  npm run diff -- --env NAME

${definitions}${connection}${planning}
Exit status: 0 same, 2 differs, 3 has destructive or blocked changes, 1 error.
`,
  push: `Applies definitions in code to a deployment, all or nothing.

  npm run push -- --env NAME

${definitions}${connection}${planning}
Exit status: 0 done or same, 3 has destructive or blocked changes, 4 drift, 1 error.
`,
  pull: `Writes the definitions of a deployment as TypeScript, or of a PocketBase.

  npm run pull -- --env NAME               to standard output
  npm run pull -- --env NAME --write       to the file with the definitions
  npm run pull -- --from pb_schema.json    an export of collections
  npm run pull -- --from ../pb_data        a data folder
  npm run pull -- --from ../pb_migrations  a folder of generated migrations

  --write                 writes the file
${definitions}${connection}`,
  promote: `Applies the definitions of one deployment to another.

  npm run promote -- --from staging --to production

  --from NAME             environments in arete.config.ts
  --to NAME
  --json                  prints JSON
${planning}
Exit status: 0 done or same, 3 has destructive or blocked changes, 4 drift, 1 error.
`,
  history: `Lists the changes of a deployment's definitions, the newest first.

  npm run history -- --env NAME

${connection}`,
  undo: `Returns the definitions of one change to their state before it.

  npm run undo -- ID --env NAME

  --allow WORD            allows a change that loses something; repeatable
${connection}
Values of dropped columns do not come back. D1 Time Travel has them for 30 days.
Exit status: 0 done or same, 3 has destructive or blocked changes, 1 error.
`,
} as const

/** The commands for definitions. */
export type SchemaCommandName = keyof typeof schemaHelp

/** The options of the commands, as they were given. */
export interface SchemaOptions {
  readonly env: string | undefined
  readonly url: string | undefined
  readonly token: string | undefined
  readonly json: boolean
  /** An absolute path. */
  readonly schema: string | undefined
  readonly phase: string
  readonly drift: string
  readonly allow: readonly string[]
  readonly deleteMissing: boolean
  readonly write: boolean
  readonly from: string | undefined
  readonly to: string | undefined
  /** The operand of `undo`. */
  readonly id: string | undefined
}

const text = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const
const connectionOptions = { env: text, url: text, token: text, json: flag }
const planOptions = {
  phase: text,
  drift: text,
  allow: { type: 'string', multiple: true, default: [] as string[] },
  'delete-missing': flag,
} as const

const optionsOf = {
  diff: { ...connectionOptions, ...planOptions, schema: text },
  push: { ...connectionOptions, ...planOptions, schema: text },
  pull: { ...connectionOptions, schema: text, write: flag, from: text },
  promote: { ...planOptions, json: flag, from: text, to: text },
  history: connectionOptions,
  undo: { ...connectionOptions, allow: planOptions.allow },
} as const

/**
 * Parses the command line. Paths are relative to the folder it was typed in.
 *
 * @throws {UsageError}
 */
export function parseSchemaArguments(
  name: SchemaCommandName,
  args: readonly string[],
  folder: string,
): SchemaOptions | 'help' {
  const help = `npm run ${name} -- --help`
  const { values, positionals } = readArguments(
    {
      args: [...args],
      options: { help: { type: 'boolean', short: 'h', default: false }, ...optionsOf[name] },
      allowPositionals: name === 'undo',
    },
    help,
  )
  const given: Readonly<Record<string, unknown>> = values
  if (given['help'] === true) return 'help'
  const { phase = 'all', drift = '', allow = [], schema, from } = given
  oneOf('--phase', phase, ['all', 'expand', 'contract'], help)
  oneOf('--drift', drift, ['', 'keep', 'overwrite'], help)
  const [id, ...others] = positionals
  if (name === 'undo' && (id === undefined || others.length > 0)) {
    throw new UsageError(`Name the entry to undo. For help: ${help}`)
  }
  return {
    env: textOf(given['env']),
    url: textOf(given['url']),
    token: textOf(given['token']),
    json: given['json'] === true,
    schema: textOf(schema) === undefined ? undefined : resolve(folder, String(schema)),
    phase: String(phase),
    drift: String(drift),
    allow: Array.isArray(allow) ? allow.map(String) : [],
    deleteMissing: given['delete-missing'] === true,
    write: given['write'] === true,
    from: textOf(from),
    to: textOf(given['to']),
    id,
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function oneOf(option: string, value: unknown, allowed: readonly string[], help: string): void {
  if (allowed.includes(String(value))) return
  const words = allowed.filter((word) => word !== '').join(', ')
  throw new UsageError(`${option} must be one of ${words}. For help: ${help}`)
}
