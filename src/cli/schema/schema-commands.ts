/*
 * The commands for definitions in code. None asks a question: all answers are options, so that they
 * run in CI.
 */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { TerminalCommand } from '#cli/commands.ts'
import { asTyped } from '#cli/terminal/as-typed.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import {
  createDeploymentClient,
  type DeploymentClient,
  type SchemaPlan,
} from './deployment-client.ts'
import { definitionModule, loadConfig, loadDefinitions, type SchemaConfig } from './load-module.ts'
import { changeText, planStatus, planText } from './plan-text.ts'
import { readPocketBaseDefinitions } from './pocketbase-definitions.ts'
import {
  parseSchemaArguments,
  type SchemaCommandName,
  schemaHelp,
  type SchemaOptions,
} from './schema-arguments.ts'
import { type SourceCollection, sourceText } from './source-text.ts'

const driftStatus = 4

interface Call {
  readonly options: SchemaOptions
  readonly folder: string
  readonly config: SchemaConfig
}

async function diff(call: Call): Promise<number> {
  const { options } = call
  const collections = await loadDefinitions(sourceFile(call))
  const plan = await clientOf(call, options.env).plan(requestOf(options, collections))
  report(options, plan, planText(plan) || 'The definitions are the same.\n')
  return planStatus(plan, options.allow)
}

async function push(call: Call): Promise<number> {
  const collections = await loadDefinitions(sourceFile(call))
  return await pushTo(clientOf(call, call.options.env), call.options, collections)
}

async function promote(call: Call): Promise<number> {
  const { from, to } = call.options
  if (from === undefined || to === undefined) throw new UsageError('Name --from and --to.')
  const collections = await clientOf(call, from).collections()
  return await pushTo(clientOf(call, to), call.options, collections)
}

async function pushTo(
  client: DeploymentClient,
  options: SchemaOptions,
  collections: readonly SourceCollection[],
): Promise<number> {
  const request = requestOf(options, collections)
  const plan = await client.plan(request)
  if (plan.drift.length > 0 && options.drift === '') {
    const hint = 'Pull the changes into code, or push with --drift keep or --drift overwrite.\n'
    report(options, plan, planText({ ...plan, changes: [] }) + hint)
    return driftStatus
  }
  return await applyTo(client, options, request, plan)
}

async function applyTo(
  client: DeploymentClient,
  options: SchemaOptions,
  request: object,
  plan: SchemaPlan,
): Promise<number> {
  const status = planStatus(plan, options.allow)
  if (status === 3) {
    report(options, plan, `${planText(plan)}Nothing was changed.\n`)
    return status
  }
  if (status === 0 && plan.isPushed) {
    report(options, plan, 'The definitions are the same.\n')
    return 0
  }
  const applied = await client.apply({ ...request, revision: plan.revision })
  report(options, applied, `${planText(plan)}Done, as entry ${applied.entry} of the history.\n`)
  return 0
}

async function pull(call: Call): Promise<number> {
  const { options, folder } = call
  const found =
    options.from === undefined
      ? { collections: await clientOf(call, options.env).collections(), skipped: [] }
      : await readPocketBaseDefinitions(resolve(folder, options.from))
  for (const line of found.skipped) process.stderr.write(`Skipped: ${line}\n`)
  const text = options.json
    ? `${JSON.stringify(found.collections, null, 2)}\n`
    : sourceText(found.collections, definitionModule)
  if (options.write) await writeFile(schemaFile(call), text)
  else process.stdout.write(text)
  return 0
}

async function history(call: Call): Promise<number> {
  const entries = await clientOf(call, call.options.env).history()
  const lines = entries.map(({ id, at, source, changes }) => {
    const first = changes.map((change) => `    ${changeText({ ...change, risk: '' })}\n`).join('')
    return `${id}  ${at}  ${source}\n${first}`
  })
  report(call.options, entries, lines.join(''))
  return 0
}

async function undo(call: Call): Promise<number> {
  const { options } = call
  const client = clientOf(call, options.env)
  const [entry, current] = await Promise.all([client.entry(options.id ?? ''), client.collections()])
  const { definitions = [], bookmark } = entry
  if (entry.source === 'data') throw new UsageError('A data migration cannot be undone.')
  const before = new Map(definitions.map((change) => [change.id, change.before]))
  const kept = current.filter(({ id }) => !before.has(id))
  const restored = [...before.values()].filter((definition) => definition !== null)
  const request = {
    collections: [...kept, ...restored],
    deleteMissing: true,
    allow: options.allow,
    source: 'restore',
  }
  const status = await applyTo(client, options, request, {
    ...(await client.plan(request)),
    isPushed: true,
  })
  if (!options.json && entry.changes.some(({ kind }) => kind.endsWith('.drop'))) {
    const mark = bookmark === null ? '' : ` The bookmark from before is ${bookmark}.`
    process.stdout.write(`Values of dropped columns come back by Time Travel only.${mark}\n`)
  }
  return status
}

function requestOf(options: SchemaOptions, collections: readonly SourceCollection[]): object {
  const { phase, drift, allow, deleteMissing } = options
  return { collections, phase, drift, allow, deleteMissing }
}

function report({ json }: SchemaOptions, value: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text)
}

function schemaFile({ options, folder, config }: Call): string {
  return options.schema ?? resolve(folder, config.schema ?? 'schema.ts')
}

/** The file to read: without one, that of the application of a project, which may have collections. */
function sourceFile(call: Call): string {
  const file = schemaFile(call)
  const project = resolve(call.folder, 'src/app.ts')
  const isChosen = call.options.schema !== undefined || call.config.schema !== undefined
  return isChosen || existsSync(file) || !existsSync(project) ? file : project
}

function clientOf({ options, config }: Call, name: string | undefined): DeploymentClient {
  const environments = Object.entries(config.environments ?? {})
  const found = environments.find(([key]) => key === name)?.[1]
  if (name !== undefined && found === undefined) {
    throw new UsageError(`arete.config.ts has no environment "${name}".`)
  }
  const only = environments.length === 1 ? environments[0]?.[1] : undefined
  const { ARETE_URL, ARETE_TOKEN } = process.env
  const url = found?.url ?? options.url ?? ARETE_URL ?? only?.url
  const token = found?.token ?? options.token ?? ARETE_TOKEN ?? only?.token
  if (url === undefined || !URL.canParse(url)) {
    throw new UsageError('Name the deployment: --env NAME, or --url URL.')
  }
  if (token === undefined || token === '') {
    throw new UsageError('There is no token. Set ARETE_TOKEN, or the token of the environment.')
  }
  return createDeploymentClient({ url: new URL(url), token })
}

const runs = { diff, push, pull, promote, history, undo }

/** A command for definitions: `npm run diff` and the like. */
export function schemaCommand(name: SchemaCommandName): TerminalCommand {
  return {
    async run(args, folder) {
      const options = parseSchemaArguments(name, args, folder)
      if (options === 'help') {
        process.stdout.write(asTyped(schemaHelp[name]))
        return 0
      }
      return await runs[name]({ options, folder, config: await loadConfig(folder) })
    },
  }
}
