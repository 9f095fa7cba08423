/*
 * The steps of `npm run deploy` as data, so that they can be shown and tested without an account.
 */
import * as z from 'zod'
import { settingsKeyName } from './settings-key.ts'

/** One call of wrangler and its purpose. */
export interface DeployStep {
  readonly purpose: string
  readonly args: readonly string[]
}

/** Fails unless wrangler is signed in to an account. */
export const checkAccount: DeployStep = {
  purpose: 'See whether wrangler is signed in to Cloudflare',
  args: ['whoami', '--json'],
}

/** Prints the account's databases as JSON. */
export const listDatabases: DeployStep = {
  purpose: 'See which databases the account has',
  args: ['d1', 'list', '--json'],
}

/** Creates the database, if the account has none with this name. */
export function createDatabase(name: string): DeployStep {
  return { purpose: `Create the D1 database "${name}"`, args: ['d1', 'create', name] }
}

/** Applies missing migrations. Runs before the code that needs them is deployed. */
export const migrate: DeployStep = {
  purpose: 'Update its tables',
  args: ['d1', 'migrations', 'apply', 'DB', '--remote'],
}

/**
 * wrangler finds the database by name, and creates the KV namespace and the bucket on the first
 * deployment.
 */
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

/** Stores the key from standard input where only the Worker can read it. */
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

/** True if the output of `listDatabases` contains this database. */
export function hasDatabase(listed: string, name: string): boolean {
  return databases.parse(JSON.parse(listed)).some((database) => database.name === name)
}

const secrets = z.array(z.object({ name: z.string() }))

/** True if the output of `listSecrets` contains the settings' key. */
export function hasSettingsKey(listed: string): boolean {
  return secrets.parse(JSON.parse(listed)).some(({ name }) => name === settingsKeyName)
}

const counted = z.tuple([z.object({ results: z.tuple([z.object({ superusers: z.number() })]) })])

/** True if the output of `countSuperusers` is more than zero. */
export function hasSuperuser(printed: string): boolean {
  return counted.parse(JSON.parse(printed))[0].results[0].superusers > 0
}

const deployment = z.object({ type: z.literal('deploy'), targets: z.array(z.string()).nullish() })

/**
 * The addresses of a deployment, from wrangler's log in JSON lines. A route such as
 * `api.example.com/*` counts as an address.
 */
export function deployedAddresses(log: string): readonly string[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => deployment.safeParse(JSON.parse(line)))
    .flatMap(({ data }) => data?.targets ?? [])
}

/** The setup link at an address of the deployment. A route names no scheme and ends with `/*`. */
export function setupAddress(address: string, token: string): string {
  const origin = address.replace(/\/\*?$/, '')
  return `${origin.includes('://') ? '' : 'https://'}${origin}/_/setup#${token}`
}
