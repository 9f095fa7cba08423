/* Moves a deployment from Node to the Workers runtime, and back. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import PocketBase from 'pocketbase'
import { codeAt, fromBase32, stepAt } from '#auth/factors/totp.ts'
import { afterAll, beforeAll, describe, it } from 'vitest'
import * as z from 'zod'
import { fill, members } from './fill.ts'
import { startArete } from './local-arete.ts'
import { startNodeArete } from './node-arete.ts'
import { initialisePocketBase, type RunningServer, startPocketBase } from './pocketbase-process.ts'
import { runImport, runMove } from './run-command.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'

const [ada, grace] = members

let folder: string
/** The data folder that is moved. */
let original: string
let before: Snapshot
/** A token of a session that goes on, and one of a session that was ended. */
let [openToken, endedToken] = ['', '']

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arete-hosts-'))
  const pocketbaseData = join(folder, 'pb_data')
  original = join(folder, 'original')
  await mkdir(pocketbaseData)
  await initialisePocketBase(pocketbaseData)
  const pocketbase = await startPocketBase(pocketbaseData)
  await fill(pocketbase.client)
  await pocketbase.stop()
  const imported = await runImport([pocketbaseData, '--data', original])
  if (imported.status !== 0) throw new Error(imported.output)

  const node = await startNodeArete(original)
  await enableAuthenticators(node)
  openToken = await signIn(node, ada)
  endedToken = await signIn(node, grace)
  await endSessions(node, endedToken)
  await enrol(node)
  before = await takeSnapshot(node)
  await node.stop()
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
})

async function signIn(
  { origin }: RunningServer,
  { email, password }: (typeof members)[number],
): Promise<string> {
  const client = new PocketBase(origin)
  return (await client.collection('members').authWithPassword(email, password)).token
}

const sessionList = z.object({ items: z.array(z.object({ id: z.string() })) })

async function endSessions({ origin }: RunningServer, token: string): Promise<void> {
  const headers = { Authorization: token }
  const path = '/api/collections/members/sessions'
  const list = sessionList.parse(await (await fetch(origin + path, { headers })).json())
  for (const { id } of list.items)
    await fetch(`${origin}${path}/${id}`, { method: 'DELETE', headers })
}

async function post(origin: string, path: string, body: object, token = ''): Promise<Response> {
  const headers = { Authorization: token, 'Content-Type': 'application/json' }
  const url = `${origin}/api/collections/members/${path}`
  return await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** An authenticator of the second member, who is signed out. */
const authenticator = { secret: '', recoveryCodes: [''] }
const begun = z.object({ id: z.string(), secret: z.string() })
const confirmed = z.object({ recoveryCodes: z.array(z.string()) })

async function enableAuthenticators({ client }: RunningServer): Promise<void> {
  await client.collections.update('members', { security: { totp: { enabled: true } } })
}

async function enrol(server: RunningServer): Promise<void> {
  const { origin } = server
  const token = await signIn(server, grace)
  const { id, secret } = begun.parse(
    await (await post(origin, 'factors/totp', { name: 'Phone' }, token)).json(),
  )
  const path = `factors/totp/${id}/confirm`
  const answer = await post(
    origin,
    path,
    {
      code: await codeAt(fromBase32(secret), stepAt(new Date())),
    },
    token,
  )
  Object.assign(authenticator, { secret, ...confirmed.parse(await answer.json()) })
}

const challenged = z.object({ mfaId: z.string() })

/** The statuses of a password, of a code of the app, and of a recovery code. */
async function answers({ origin }: RunningServer, recovery: number): Promise<readonly number[]> {
  const { email, password } = grace
  const enter = (): Promise<Response> =>
    post(origin, 'auth-with-password', { identity: email, password })
  const first = await enter()
  const { mfaId } = challenged.parse(await first.json())
  const old = await codeAt(fromBase32(authenticator.secret), 1)
  const wrong = await post(origin, 'auth-with-totp', { mfaId, code: old })
  const code = authenticator.recoveryCodes[recovery] ?? ''
  const right = await post(origin, 'auth-with-recovery-code', { mfaId, code })
  return [first.status, wrong.status, right.status]
}

/** The statuses of refreshing both tokens. */
async function refreshed({ origin }: RunningServer): Promise<readonly number[]> {
  const statuses: number[] = []
  for (const token of [openToken, endedToken]) {
    const response = await fetch(`${origin}/api/collections/members/auth-refresh`, {
      method: 'POST',
      headers: { Authorization: token },
    })
    statuses.push(response.status)
  }
  return statuses
}

describe('a deployment that moves from Node to the Workers runtime, and back', () => {
  it('keeps everything, and its users stay signed in', async ({ expect }) => {
    const state = join(folder, 'state')
    const there = await runMove(['--from', original, '--to', `local:${state}`])
    expect(there).toMatchObject({ status: 0 })
    expect(there.output).toMatch(/Move complete/)

    const worker = await startArete(state)
    const [inWorker, onWorker] = [await takeSnapshot(worker), await refreshed(worker)]
    const inWorkerAsked = await answers(worker, 0)
    await worker.stop()

    const returned = join(folder, 'returned')
    const back = await runMove(['--from', `local:${state}`, '--to', returned])
    expect(back).toMatchObject({ status: 0 })
    const node = await startNodeArete(returned)
    const [inNode, onNode] = [await takeSnapshot(node), await refreshed(node)]
    const onNodeAsked = await answers(node, 1)
    await node.stop()

    expect(inWorker).toEqual(before)
    expect(inNode).toEqual(before)
    expect([inWorkerAsked, onNodeAsked]).toEqual([
      [401, 400, 200],
      [401, 400, 200],
    ])
    expect([onWorker, onNode]).toEqual([
      [200, 401],
      [200, 401],
    ])
  })

  it('does not replace content without being told, nor use a folder that is served', async ({
    expect,
  }) => {
    const other = join(folder, 'other')
    const first = await runMove(['--from', original, '--to', other])
    const second = await runMove(['--from', original, '--to', other])
    const node = await startNodeArete(other)
    const whileServed = await runMove(['--from', original, '--to', other, '--replace'])
    await node.stop()

    expect(first).toMatchObject({ status: 0 })
    expect(second).toMatchObject({ status: 1 })
    expect(second.output).toMatch(/is not empty.*Use --replace/)
    expect(whileServed).toMatchObject({ status: 1 })
    expect(whileServed.output).toMatch(/Another process uses the folder/)
  })

  it('does not exist in a folder without data', async ({ expect }) => {
    const empty = join(folder, 'empty')
    const moved = await runMove(['--from', empty, '--to', join(folder, 'target')])

    expect(moved).toMatchObject({ status: 1 })
    expect(moved.output).toMatch(/is not a data folder of Arete/)
  })
})
