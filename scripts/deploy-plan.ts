/*
 * The steps of `npm run deploy`, as data, so that they can be shown and tested without an account.
 */
import * as z from 'zod'
import { settingsKeyName } from '#cli/settings-key.ts'

/** One call of wrangler, and what it is for. */
export interface DeployStep {
  readonly purpose: string
  readonly args: readonly string[]
}

/** Fails unless wrangler may act for an account. */
export const checkAccount: DeployStep = {
  purpose: 'See whether wrangler is signed in to Cloudflare',
  args: ['whoami', '--json'],
}

/** Prints the account's databases as JSON. */
export const listDatabases: DeployStep = {
  purpose: 'See which databases the account has',
  args: ['d1', 'list', '--json'],
}

/** Makes the database; for an account that has none of this name. */
export function createDatabase(name: string): DeployStep {
  return { purpose: `Create the D1 database "${name}"`, args: ['d1', 'create', name] }
}

/** Adds the tables that are missing. Goes before the code that needs them. */
export const migrate: DeployStep = {
  purpose: 'Update its tables',
  args: ['d1', 'migrations', 'apply', 'DB', '--remote'],
}

/** wrangler finds the database by its name; KV namespace and bucket it makes at the first deployment. */
export const deployWorker: DeployStep = {
  purpose:
    'Deploy the Worker with the files in public/, and the first time create its KV namespace and its R2 bucket',
  args: ['deploy'],
}

/** Prints the names of the Worker's secrets as JSON. */
export const listSecrets: DeployStep = {
  purpose: `See whether the Worker has a ${settingsKeyName}`,
  args: ['secret', 'list', '--format', 'json'],
}

/** Reads the key from standard input, and keeps it where nobody can read it again but the Worker. */
export const putSettingsKey: DeployStep = {
  purpose: `Set the secret ${settingsKeyName} to a new random key`,
  args: ['secret', 'put', settingsKeyName],
}

/** Counts the superusers of the deployed database. */
export const countSuperusers: DeployStep = {
  purpose: 'See whether there is a superuser',
  args: [
    'd1',
    'execute',
    'DB',
    '--remote',
    '--json',
    '--command',
    'SELECT count(*) AS superusers FROM _superusers',
  ],
}

const databases = z.array(z.object({ name: z.string() }))

/** Whether what `listDatabases` printed names this database. */
export function hasDatabase(listed: string, name: string): boolean {
  return databases.parse(JSON.parse(listed)).some((database) => database.name === name)
}

const secrets = z.array(z.object({ name: z.string() }))

/** Whether what `listSecrets` printed names the settings' key. */
export function hasSettingsKey(listed: string): boolean {
  return secrets.parse(JSON.parse(listed)).some(({ name }) => name === settingsKeyName)
}

const counted = z.tuple([z.object({ results: z.tuple([z.object({ superusers: z.number() })]) })])

/** Whether what `countSuperusers` printed is more than none. */
export function hasSuperuser(printed: string): boolean {
  return counted.parse(JSON.parse(printed))[0].results[0].superusers > 0
}

const deployment = z.object({ type: z.literal('deploy'), targets: z.array(z.string()).nullish() })

/**
 * The addresses of a deployment, from the log of JSON lines that wrangler writes when asked to.
 * A route such as `api.example.com/*` counts as an address.
 */
export function deployedAddresses(log: string): readonly string[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => deployment.safeParse(JSON.parse(line)))
    .flatMap(({ data }) => data?.targets ?? [])
}
