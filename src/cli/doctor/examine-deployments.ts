/*
 * Deployments as a check finds them. Files are opened to be read only, so that a check changes nothing and a
 * server may be running.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Unstable_Config } from 'wrangler'
import { hasSettingsKey, listSecrets } from '#cli/deployment/deploy-plan.ts'
import type { DeploymentTarget } from '#cli/deployment/deployment.ts'
import { localStateFolder } from '#cli/deployment/local-runtime.ts'
import { readLocalWorker } from '#cli/deployment/local-worker.ts'
import { migrationNames } from '#cli/deployment/migrations.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { settingsKeyName } from '#cli/deployment/settings-key.ts'
import { openSqlSession } from '#cli/deployment/sql-session.ts'
import { storedDatabaseFile } from '#cli/deployment/stored-tables.ts'
import { targetArguments, targetName } from '#cli/deployment/target-arguments.ts'
import { usualDataFolder } from '#cli/deployment/usual-data-folder.ts'
import { loadWrangler, runWrangler } from '#cli/deployment/wrangler.ts'
import { WranglerError } from '#cli/deployment/wrangler-error.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import { readFacts, type ReadRows } from './deployment-facts.ts'
import { examineDatabase } from './examine-database.ts'
import { examineFolder } from './examine-folder.ts'
import { type Examination, type Finding, fine, problem } from './finding.ts'

/** The deployments on this machine. */
export async function deploymentsHere(current: string): Promise<readonly DeploymentTarget[]> {
  const folder = usualDataFolder(current, process.env)
  const local: DeploymentTarget = { location: 'local' }
  return [
    ...((await localDatabase(local)) === undefined ? [] : [local]),
    ...(existsSync(join(folder, 'data.db')) ? [{ location: 'folder', folder } as const] : []),
  ]
}

/** The migrations that a deployment on this machine lacks, and those that this version does not know. */
export interface MigrationState {
  readonly missing: readonly string[]
  readonly unknown: readonly string[]
}

/**
 * Compares the tables of a deployment on this machine with this version.
 *
 * @throws {UsageError} If there is no database.
 */
export async function readMigrationState(target: DeploymentTarget): Promise<MigrationState> {
  const file = await databaseFile(target)
  if (file === undefined) throw new UsageError(`${targetName(target)} has no database.`)
  const known = migrationNames()
  const { applied } = await withRows(file, (rows) => readFacts(rows, known))
  return {
    missing: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  }
}

async function databaseFile(target: DeploymentTarget): Promise<string | undefined> {
  if (target.location === 'local') return await localDatabase(target)
  if (target.location === 'remote') return undefined
  const file = join(target.folder, 'data.db')
  return existsSync(file) ? file : undefined
}

/** Examines a deployment. */
export async function examineDeployment(target: DeploymentTarget, now: Date): Promise<Examination> {
  const place = targetName(target)
  const title = `${place.slice(0, 1).toUpperCase()}${place.slice(1)}`
  try {
    return { place: title, findings: await findingsOf(target, now) }
  } catch (error) {
    const isExpected = error instanceof UsageError || error instanceof WranglerError
    if (!isExpected && !isSqliteError(error)) throw error
    const message = 'Its database cannot be read.'
    return { place: title, findings: [problem('database', message, error.message)] }
  }
}

function isSqliteError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'
}

async function findingsOf(target: DeploymentTarget, now: Date): Promise<readonly Finding[]> {
  switch (target.location) {
    case 'remote':
      return await examineRemote(target, now)
    case 'folder':
      return await examineDataFolder(target, now)
    case 'local':
      return await examineLocal(target, now)
  }
}

type Target<Location> = Extract<DeploymentTarget, { location: Location }>

async function examineRemote(target: Target<'remote'>, now: Date): Promise<readonly Finding[]> {
  const { unstable_readConfig } = await loadWrangler()
  const config: Unstable_Config = unstable_readConfig({
    config: join(projectFolder, 'wrangler.toml'),
  })
  const session = await openSqlSession(target)
  const known = migrationNames()
  const facts = await readFacts(session.rows, known)
  return [
    ...examineDatabase({
      facts,
      known,
      isPublic: true,
      hasScheduler: true,
      hasMailBinding: config.send_email.some(({ name }) => name === 'MAIL'),
      migrate: 'npm run deploy',
      target: targetArguments(target),
      now,
    }),
    hasSettingsKey(await runWrangler(listSecrets.args))
      ? fine('settings-key', `The Worker has a ${settingsKeyName}.`)
      : problem(
          'settings-key',
          `The Worker has no ${settingsKeyName}, so no secret can be stored or read.`,
          'npm run deploy makes one.',
        ),
  ]
}

async function examineDataFolder(target: Target<'folder'>, now: Date): Promise<readonly Finding[]> {
  const { folder } = target
  const file = join(folder, 'data.db')
  if (!existsSync(file)) {
    const fix = 'start a server with it, or name another folder with --data.'
    return [problem('folder', `${folder} has no data.db.`, fix)]
  }
  const known = migrationNames()
  return [
    ...examineFolder(folder),
    ...examineDatabase({
      facts: await withRows(file, (rows) => readFacts(rows, known)),
      known,
      isPublic: true,
      // A server that does not run has no jobs to run.
      hasScheduler: false,
      hasMailBinding: false,
      migrate: 'stop the server, copy the folder with npx arete backup, and start the new version.',
      target: targetArguments(target),
      now,
    }),
  ]
}

async function examineLocal(target: Target<'local'>, now: Date): Promise<readonly Finding[]> {
  const file = await localDatabase(target)
  if (file === undefined) {
    return [problem('database', 'There is no local database yet.', 'npm run dev makes it.')]
  }
  const known = migrationNames()
  return examineDatabase({
    facts: await withRows(file, (rows) => readFacts(rows, known)),
    known,
    isPublic: false,
    hasScheduler: false,
    hasMailBinding: true,
    migrate: 'the next npm run dev applies them.',
    target: ` --persist-to ${JSON.stringify(target.persistTo ?? localStateFolder)}`,
    now,
  })
}

/** The file of the local database; undefined if there is none. */
async function localDatabase({ persistTo }: Target<'local'>): Promise<string | undefined> {
  const folder = persistTo ?? localStateFolder
  // Reading the configuration takes a second.
  if (!existsSync(folder)) return undefined
  const { options } = await readLocalWorker()
  const file = storedDatabaseFile(folder, options.d1Databases.DB.id)
  return existsSync(file) ? file : undefined
}

async function withRows<T>(file: string, read: (rows: ReadRows) => Promise<T>): Promise<T> {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  try {
    return await read(async (query) => database.prepare(query).all())
  } finally {
    database.close()
  }
}
