/* A server whose files may not grow: what a full disk is to it, made with a limit of the process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { it, onTestFinished } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { freePort, runToEnd, waitUntilAnswering } from '../parity/servers/child-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const account = { identity: 'root@example.com', password: 'correct-horse-battery' }
const program = join(projectFolder, 'scripts/arete.mjs')

interface Served {
  readonly origin: string
  /** All that it has written to the terminal. */
  output(): string
  /** Stops it in order and returns its exit status. */
  stop(): Promise<unknown>
}

/** Serves a folder. No file may become larger than the limit, in blocks of 512 bytes. */
async function serve(folder: string, limit: number | 'unlimited'): Promise<Served> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const args = [program, 'serve', '--data', folder, '--port', String(port)]
  const script = `ulimit -f ${limit} && exec "$@"`
  const child: ChildProcess = spawn('sh', ['-c', script, 'sh', process.execPath, ...args])
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  }
  const ended = once(child, 'close')
  await waitUntilAnswering(`${origin}/api/health`, () => child.exitCode === null, 120_000)
  return {
    origin,
    output: () => text,
    async stop() {
      child.kill('SIGTERM')
      return (await ended)[0] as unknown
    },
  }
}

async function createNotes({ origin }: Served): Promise<void> {
  const headers = { 'Content-Type': 'application/json' }
  const signIn = await fetch(`${origin}/api/collections/_superusers/auth-with-password`, {
    method: 'POST',
    headers,
    body: JSON.stringify(account),
  })
  const { token } = await signIn.json<{ token: string }>()
  const created = await fetch(`${origin}/api/collections`, {
    method: 'POST',
    headers: { ...headers, Authorization: token },
    body: JSON.stringify({
      name: 'notes',
      type: 'base',
      fields: [
        { type: 'editor', name: 'text' },
        { type: 'file', name: 'scan', maxSelect: 1 },
      ],
      ...{ listRule: '', viewRule: '', createRule: '' },
    }),
  })
  if (!created.ok) throw new Error(await created.text())
}

interface Written {
  readonly status: number
  readonly id: string
}

async function write({ origin }: Served, text: string, scan?: Uint8Array<ArrayBuffer>) {
  const form = new FormData()
  form.append('text', text)
  if (scan !== undefined) form.append('scan', new File([scan], 'scan.bin'))
  const url = `${origin}/api/collections/notes/records`
  const answer = await fetch(url, { method: 'POST', body: form })
  const { id = '' } = await answer.json<{ id?: string }>()
  return { status: answer.status, id } satisfies Written
}

async function idsOf({ origin }: Served): Promise<string[]> {
  const answer = await fetch(`${origin}/api/collections/notes/records?perPage=500&fields=id`)
  const { items } = await answer.json<{ items: { id: string }[] }>()
  return items.map(({ id }) => id)
}

it.skipIf(process.platform === 'win32')(
  'answers 503 on a full disk, keeps what it acknowledged, and goes on when there is room',
  async ({ expect }) => {
    const folder = join(await temporaryFolder(), 'data')
    const upsert = ['superuser', 'upsert', account.identity, account.password, '--data', folder]
    // Also bundles the program, which the limit would stop.
    const roomy = await serve(folder, 'unlimited')
    await runToEnd(process.execPath, [program, ...upsert])
    await createNotes(roomy)
    await roomy.stop()

    // 2 MiB, a little more than the log of writes may take before it is written back.
    const full = await serve(folder, 4096)
    const large = await write(full, 'with a file', new Uint8Array(3 * 1024 * 1024))
    const acknowledged: string[] = []
    let refused: Written = { status: 0, id: '' }
    for (let n = 0; n < 200 && refused.status === 0; n++) {
      const written = await write(full, `<p>${'x'.repeat(50_000)}</p>`)
      if (written.status === 200) acknowledged.push(written.id)
      else refused = written
    }
    const whileFull = await idsOf(full)
    const status = await full.stop()

    expect(large.status).toBe(503)
    expect(refused.status).toBe(503)
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(whileFull.toSorted()).toEqual(acknowledged.toSorted())
    expect(full.output()).toMatch(/EFBIG|file too large/)
    expect(full.output()).toMatch(/disk I\/O error|database or disk is full/)
    expect(status).toBe(0)

    const again = await serve(folder, 'unlimited')
    const later = await write(again, 'later', new Uint8Array(1024))
    const found = await idsOf(again)
    await again.stop()

    expect(later.status).toBe(200)
    expect(found.toSorted()).toEqual([...acknowledged, later.id].toSorted())
    const content = await readdir(join(folder, 'storage/content'), { recursive: true })
    expect(content.filter((path) => /[0-9a-f]{32}$/.test(path))).toHaveLength(1)
  },
)
