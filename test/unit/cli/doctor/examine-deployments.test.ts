import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { openSqlite } from '#adapters/node/open-sqlite.ts'
import { openDataFolder } from '#cli/deployment/data-folder.ts'
import { examineDeployment, readMigrationState } from '#cli/doctor/examine-deployments.ts'
import { upsertSuperuser } from '#cli/superuser-statements.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** A data folder with one superuser. */
async function dataFolder(): Promise<string> {
  const folder = await temporaryFolder()
  await chmod(folder, 0o700)
  await (await openDataFolder(folder)).close()
  const statements = upsertSuperuser({
    id: 'ann000000000000',
    email: 'ann@example.com',
    password: 'a hash',
    tokenKey: 'k'.repeat(50),
    now: '2026-11-30 12:00:00.000Z',
  })
  change(folder, statements.join(';\n'))
  return folder
}

function change(folder: string, sql: string): void {
  const database = openSqlite(join(folder, 'data.db'))
  database.exec(sql)
  database.close()
}

async function faults(folder: string) {
  const { findings } = await examineDeployment({ location: 'folder', folder }, new Date())
  return findings.filter(({ level }) => level !== 'ok').map(({ level, id }) => `${level} ${id}`)
}

/** The findings in every new folder. */
const ofNew = ['problem app-url', 'warning mail', 'warning backups']

describe('the check of a data folder', () => {
  it('reports a superuser who signs in with a password alone', async ({ expect }) => {
    const folder = await dataFolder()

    expect(await faults(folder)).toEqual(['warning second-factor', ...ofNew])
  })

  it('is content with a confirmed authenticator', async ({ expect }) => {
    const folder = await dataFolder()
    change(
      folder,
      `INSERT INTO "_totps" ("id", "collectionRef", "recordRef", "secret", "confirmed", "created")
       SELECT 't1', c."id", s."id", 'sealed', 1, '' FROM "_superusers" s, "_collections" c
       WHERE c."name" = '_superusers'`,
    )

    expect(await faults(folder)).toEqual(ofNew)
  })

  it('reports a folder that others can read', async ({ expect }) => {
    const folder = await dataFolder()
    await chmod(folder, 0o755)

    expect(await faults(folder)).toContain('warning folder-rights')
  })

  it('reports tables of an older version, and changes nothing', async ({ expect }) => {
    const folder = await dataFolder()
    change(
      folder,
      `DELETE FROM "d1_migrations" WHERE "id" = (SELECT max("id") FROM "d1_migrations")`,
    )

    const found = [await faults(folder), await faults(folder)]
    const { missing } = await readMigrationState({ location: 'folder', folder })

    expect(found).toEqual([['problem migrations'], ['problem migrations']])
    expect(missing).toHaveLength(1)
  })

  it('reports a file that is no database', async ({ expect }) => {
    const folder = await dataFolder()
    change(folder, 'PRAGMA wal_checkpoint(TRUNCATE)')
    await rm(join(folder, 'data.db-wal'), { force: true })
    await writeFile(
      join(folder, 'data.db'),
      'no database, but a text that is long enough'.repeat(20),
    )

    expect(await faults(folder)).toEqual(['problem database'])
  })

  it('reports a folder without data', async ({ expect }) => {
    expect(await faults(await temporaryFolder())).toEqual(['problem folder'])
  })
})
