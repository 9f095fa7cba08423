import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { namedValues } from '#kernel/named-values.ts'
import { type DeploymentTarget, openDeployment } from './deployment.ts'
import { openSharedDatabase } from './data-folder.ts'
import { retryWhileBusy } from './retry-while-busy.ts'
import { makeTemporaryFolder } from '#cli/terminal/temporary-folder.ts'
import { runWrangler } from './wrangler.ts'

/** A database that takes statements without parameters, local or deployed. */
export interface SqlSession {
  /** Returns the rows of a query. The query must contain no secret. */
  rows(query: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Runs statements. They may contain secrets and must be safe to repeat. */
  run(statements: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Opens the database of a deployment. A missing local one is created. */
export async function openSqlSession(target: DeploymentTarget): Promise<SqlSession> {
  return target.location === 'remote' ? remoteSession : await openOwnSession(target)
}

/** The database alone, so that a server may be running. */
async function openDatabase(target: DeploymentTarget) {
  return target.location === 'folder'
    ? await openSharedDatabase(target.folder)
    : await openDeployment(target)
}

async function openOwnSession(target: DeploymentTarget): Promise<SqlSession> {
  const { db, close } = await openDatabase(target)
  const batch = (statements: readonly string[]) =>
    retryWhileBusy(() => db.batch(statements.map((statement) => db.prepare(statement))))
  return {
    rows: async (query) => (await batch([query])).flatMap(({ results }) => results),
    run: async (statements) => void (await batch(statements)),
    close,
  }
}

/** The binding of the database in wrangler.toml. */
const remoteDatabase = ['DB', '--remote']

const executed = z.array(z.object({ results: z.array(namedValues(z.unknown())) }))

/** Calls wrangler for each step. Its arguments are visible to other users of this machine. */
const remoteSession: SqlSession = {
  async rows(query) {
    const command = ['d1', 'execute', ...remoteDatabase, '--json', '--command', query]
    const output = await runWrangler(command)
    return executed.parse(JSON.parse(output)).flatMap(({ results }) => results)
  },

  /** Passes the statements in a temporary file that only this user can read. */
  async run(statements) {
    const folder = makeTemporaryFolder()
    const file = join(folder.path, 'statements.sql')
    try {
      await writeFile(file, statements.map((statement) => `${statement};\n`).join(''), {
        mode: 0o600,
      })
      await runWrangler(['d1', 'execute', ...remoteDatabase, '--yes', '--file', file])
    } finally {
      folder.remove()
    }
  },

  close: async () => undefined,
}
