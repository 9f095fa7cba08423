/*
 * The command behind `npm run deploy`: deploys to Cloudflare, from an empty account or over an earlier
 * deployment.
 */
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Unstable_Config } from 'wrangler'
import { newSetupLink } from '#auth/setup/new-setup-link.ts'
import type { Command } from '#cli/terminal/run-command.ts'
import { newSettingsKey } from '#cli/deployment/settings-key.ts'
import { openSqlSession } from '#cli/deployment/sql-session.ts'
import { asTyped } from '#cli/terminal/as-typed.ts'
import { readArguments } from '#cli/terminal/usage.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { WranglerError } from '#cli/deployment/wrangler-error.ts'
import { loadWrangler, runWrangler, startWrangler } from '#cli/deployment/wrangler.ts'
import { notSignedIn } from '#cli/deployment/wrangler-failure.ts'
import {
  checkAccount,
  countSuperusers,
  createDatabase,
  deployedAddresses,
  deployWorker,
  hasDatabase,
  hasSettingsKey,
  hasSuperuser,
  listDatabases,
  listSecrets,
  migrate,
  putSettingsKey,
  setupAddress,
} from '#cli/deployment/deploy-plan.ts'
import type { DeployStep } from '#cli/deployment/deploy-plan.ts'

const help = `Deploys Arete to Cloudflare: creates missing resources, updates the tables and uploads the Worker.

  npm run deploy
  npm run deploy -- --dry-run   shows the steps without running them
`

const superuserAdvice = `There is no superuser yet. To create one in this terminal:

  npm run superuser -- upsert EMAIL PASSWORD --remote
`

/**
 * Creates the command.
 *
 * @param bringDashboard makes sure that `public/_` has the dashboard of this version
 */
export function createDeploy(bringDashboard: () => Promise<void>): Command {
  return async (args) => await deploy(args, bringDashboard)
}

async function deploy(
  args: readonly string[],
  bringDashboard: () => Promise<void>,
): Promise<number> {
  const { values } = readArguments(
    {
      args: [...args],
      options: { help: { type: 'boolean', short: 'h' }, 'dry-run': { type: 'boolean' } },
    },
    'npm run deploy -- --help',
  )
  if (values.help) {
    say(help)
    return 0
  }

  const name = await databaseName()
  if (values['dry-run']) {
    showPlan(name)
    return 0
  }

  await expectAccount()
  const listed = await runWrangler(listDatabases.args)
  if (!hasDatabase(listed, name)) await run(createDatabase(name))
  await run(migrate)
  await bringDashboard()
  const addresses = deployedAddresses(await run(deployWorker))
  if (!hasSettingsKey(await runWrangler(listSecrets.args))) {
    // A new key would make the stored secrets unreadable.
    say(`\n${putSettingsKey.purpose}\n`)
    await runWrangler(putSettingsKey.args, newSettingsKey())
  }
  for (const address of addresses) say(`\nThe API is at ${address}/api/\n`)
  if (!hasSuperuser(await runWrangler(countSuperusers.args))) await openSetup(addresses[0])
  return 0
}

/** Prints a link that makes the first superuser. The token is not written anywhere else. */
async function openSetup(address: string | undefined): Promise<void> {
  if (address !== undefined) {
    const { token, statement } = await newSetupLink(new Date())
    const session = await openSqlSession({ location: 'remote' })
    await session.run([statement])
    await session.close()
    say(`\nCreate the first superuser here, within a day:\n\n  ${setupAddress(address, token)}\n`)
  }
  say(`\n${asTyped(superuserAdvice)}`)
}

function say(text: string): void {
  process.stdout.write(text)
}

async function databaseName(): Promise<string> {
  const { unstable_readConfig } = await loadWrangler()
  const config: Unstable_Config = unstable_readConfig({
    config: join(projectFolder, 'wrangler.toml'),
  })
  const name = config.d1_databases.find(({ binding }) => binding === 'DB')?.database_name
  if (name === undefined) throw new WranglerError('wrangler.toml names no database for DB.')
  return name
}

function showPlan(name: string): void {
  const onlyOnce = {
    ...createDatabase(name),
    purpose: `Unless there: create the database "${name}"`,
  }
  const keyOnlyOnce = {
    ...putSettingsKey,
    purpose: 'Unless there: set the secret SETTINGS_KEY to a new random key, over standard input',
  }
  const steps = [
    checkAccount,
    listDatabases,
    onlyOnce,
    migrate,
    deployWorker,
    listSecrets,
    keyOnlyOnce,
    countSuperusers,
  ]
  for (const { purpose, args } of steps) {
    say(`# ${purpose}\nnpx wrangler ${args.map(shellWord).join(' ')}\n\n`)
  }
  say(asTyped(superuserAdvice))
}

function shellWord(text: string): string {
  return /[^\w./-]/.test(text) ? `"${text}"` : text
}

async function expectAccount(): Promise<void> {
  try {
    await runWrangler(checkAccount.args)
  } catch (error) {
    const isSignedOut = error instanceof WranglerError && error.message.includes('"loggedIn":false')
    throw isSignedOut ? new WranglerError(notSignedIn, { cause: error }) : error
  }
}

/**
 * Runs a step, shows its output, and returns wrangler's log in JSON lines.
 *
 * Without a terminal wrangler does not prompt and does not change wrangler.toml. Otherwise it would
 * write the ids of created resources there, and the local database is found by that id.
 */
async function run({ purpose, args }: DeployStep): Promise<string> {
  say(`\n${purpose}\n`)
  const folder = await mkdtemp(join(tmpdir(), 'arete-'))
  const log = join(folder, 'log.jsonl')
  try {
    const wrangler = startWrangler(args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { WRANGLER_OUTPUT_FILE_PATH: log },
    })
    const [code] = await once(wrangler, 'close')
    if (code !== 0) throw new WranglerError(`This step failed: npx wrangler ${args.join(' ')}`)
    return await readFile(log, 'utf8')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
