import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import PocketBase from 'pocketbase'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startArete } from './local-arete.ts'
import { fill, members } from './fill.ts'
import {
  initialisePocketBase,
  type RunningServer,
  startPocketBase,
  superuser,
} from './pocketbase-process.ts'
import { runCommand, runExport, runImport } from './run-command.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'

const [ada, grace, edsger] = members

/** The key that seals the secrets in the settings. */
const settingsKey = { SETTINGS_KEY: 'a key of the tests, long enough!!' }

/** The folder of everything these tests write, including the state of Arete. */
let folder: string
let original: string
let backup: string
let before: Snapshot

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arete-moving-'))
  original = join(folder, 'original/pb_data')
  await mkdir(original, { recursive: true })
  await initialisePocketBase(original)
  const pocketbase = await startPocketBase(original)
  await fill(pocketbase.client)
  before = await takeSnapshot(pocketbase)
  await pocketbase.client.backups.create('moving.zip')
  await pocketbase.stop()
  backup = join(original, 'backups/moving.zip')
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
})

type Member = (typeof members)[number]

/** True if each account signs in with its existing password and with no other. */
async function signIns(
  { origin }: RunningServer,
  those: readonly Member[],
): Promise<readonly boolean[]> {
  const outcomes: boolean[] = []
  for (const { email, password } of those) {
    const client = new PocketBase(origin)
    const isIn = await succeeds(client.collection('members').authWithPassword(email, password))
    const wrong = client.collection('members').authWithPassword(email, `${password}!`)
    outcomes.push(isIn && !(await succeeds(wrong)))
  }
  return outcomes
}

async function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return await attempt.then(
    () => true,
    () => false,
  )
}

describe('a PocketBase that is imported and exported again', { concurrent: false }, () => {
  it('is the same in Arete, and then in PocketBase: definitions, records, files, sign-ins', async ({
    expect,
  }) => {
    const state = join(folder, 'state')
    const exported = join(folder, 'exported/pb_data')

    const imported = await runImport([original, '--persist-to', state], settingsKey)
    expect(imported).toMatchObject({ status: 0 })
    const arete = await startArete(state)
    try {
      expect(await takeSnapshot(arete)).toEqual(before)
      expect(await signIns(arete, [ada, grace])).toEqual([true, true])
      const query = "SELECT value FROM _params WHERE id = 'settings'"
      const stored = await arete.client.send('/api/sql', { method: 'POST', body: { query } })
      expect(JSON.stringify(stored)).toMatch(/enc:v1:/)
      expect(JSON.stringify(stored)).not.toContain('smtp-secret')
    } finally {
      await arete.stop()
    }

    // Signing in to Arete stores a stronger hash, which PocketBase does not support.
    const moved = await runExport([exported, '--persist-to', state], settingsKey)
    expect(moved).toMatchObject({ status: 0 })
    expect(moved.output).toContain('3 accounts cannot sign in to PocketBase with the same password')
    for (const email of [superuser.email, ada.email, grace.email]) {
      expect(moved.output).toContain(email)
    }
    expect(storedSettings(exported)).toMatchObject({ smtp: { password: 'smtp-secret' } })
    await initialisePocketBase(exported)
    const pocketbase = await startPocketBase(exported)
    try {
      const again = await takeSnapshot(pocketbase)
      expect(withoutSuperusers(again)).toEqual(withoutSuperusers(before))
      expect(await signIns(pocketbase, [edsger])).toEqual([true])
      const second = new PocketBase(pocketbase.origin).collection('_superusers')
      expect(
        await succeeds(second.authWithPassword('second@example.com', 'second-superuser')),
      ).toBe(true)
    } finally {
      await pocketbase.stop()
    }
  })
})

function storedSettings(dataFolder: string): unknown {
  const database = new DatabaseSync(join(dataFolder, 'data.db'))
  const row = database.prepare("SELECT value FROM _params WHERE id = 'settings'").get()
  database.close()
  return JSON.parse(String(row?.['value']))
}

/** The superuser gets a new password before the second snapshot, and so another time of change. */
function withoutSuperusers({ records, ...snapshot }: Snapshot): Snapshot {
  const { _superusers, ...others } = records
  return { ...snapshot, records: others }
}

describe('an import', () => {
  it('imports a backup like a folder, and resumes after being killed', async ({ expect }) => {
    const state = join(folder, 'from-backup')

    const first = runCommand('import', [backup, '--persist-to', state])
    await first.prints(/^Records of everything/m)
    first.kill()
    await first.ended
    const second = await runImport([backup, '--persist-to', state])

    expect(second).toMatchObject({ status: 0 })
    expect(second.output).toContain('Resuming the interrupted import.')
    const arete = await startArete(state)
    try {
      expect(await takeSnapshot(arete)).toEqual(before)
    } finally {
      await arete.stop()
    }
  })
})
