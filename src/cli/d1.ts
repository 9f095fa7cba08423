import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { retryWhileBusy } from './retry-while-busy.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'
import { runWrangler } from './wrangler.ts'

/** Which database is meant: the one of `npm start`, or the deployed one. */
export type DatabaseLocation = 'local' | 'remote'

/** The binding in wrangler.toml by which wrangler knows the database. */
const binding = 'DB'

const executed = z.array(z.object({ results: z.array(z.record(z.string(), z.unknown())) }))

/** Brings the database's tables up to date; does nothing when they are. */
export async function applyMigrations(
  location: DatabaseLocation,
  persistTo?: string,
): Promise<void> {
  const state = persistTo === undefined ? [] : ['--persist-to', persistTo]
  const command = ['d1', 'migrations', 'apply', binding, `--${location}`, ...state]
  await retryWhileBusy(() => runWrangler(command))
}

/**
 * The rows of a query. Its text is visible to other users of this machine while it runs, so no
 * secret may be in it.
 */
export async function queryRows(
  location: DatabaseLocation,
  query: string,
): Promise<readonly Record<string, unknown>[]> {
  const command = ['d1', 'execute', binding, `--${location}`, '--json', '--command', query]
  const output = await retryWhileBusy(() => runWrangler(command))
  return executed.parse(JSON.parse(output)).flatMap(({ results }) => results)
}

/**
 * Runs statements that may hold secrets, and do no harm when they run twice: they travel in a file
 * that only this user can read, and that is gone afterwards.
 */
export async function runStatements(
  location: DatabaseLocation,
  statements: readonly string[],
): Promise<void> {
  const folder = makeTemporaryFolder()
  const file = join(folder.path, 'statements.sql')
  try {
    await writeFile(file, statements.map((statement) => `${statement};\n`).join(''), {
      mode: 0o600,
    })
    const command = ['d1', 'execute', binding, `--${location}`, '--yes', '--file', file]
    await retryWhileBusy(() => runWrangler(command))
  } finally {
    folder.remove()
  }
}
