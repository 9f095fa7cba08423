import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { freePort, runToEnd, waitUntilAnswering } from '../parity/servers/child-process.ts'

/** A server over a folder, with the collection `docs` that anyone may write. */
export interface ServedFolder {
  /** Creates a record with a file. Resolves to true if the server has said that it is there. */
  write(title: string): Promise<boolean>
  /** The content of each record's file, by title. */
  readAll(): Promise<Map<string, string>>
  /** SIGKILL. */
  kill(): void
  /** SIGTERM. */
  stop(): Promise<void>
  readonly ended: Promise<unknown>
}

interface Doc {
  readonly id: string
  readonly title: string
  readonly scan: string
}

const account = { identity: 'crash@example.com', password: 'correct-horse-battery' }

/** Starts a server as `npm run serve` does. The first start makes the account and the collection. */
export async function startServing(folder: string): Promise<ServedFolder> {
  const command = ['scripts/arete.mjs']
  const inProject = { cwd: projectFolder }
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const records = `${origin}/api/collections/docs/records`
  const child = spawn(
    process.execPath,
    [...command, 'serve', '--data', folder, '--port', String(port)],
    { ...inProject, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const ended = once(child, 'close')
  let isStopping = false
  process.once('exit', () => child.kill('SIGKILL'))
  await waitUntilAnswering(`${origin}/api/health`, () => child.exitCode === null, 60_000)
  if (!(await fetch(records)).ok) await createDocs()

  async function createDocs(): Promise<void> {
    const { identity, password } = account
    const upsert = ['superuser', 'upsert', identity, password, '--data', folder]
    await runToEnd(process.execPath, [...command, ...upsert], inProject)
    const headers = { 'Content-Type': 'application/json' }
    const signIn = await fetch(`${origin}/api/collections/_superusers/auth-with-password`, {
      ...{ method: 'POST', headers, body: JSON.stringify(account) },
    })
    const { token } = await signIn.json<{ token: string }>()
    const open = { listRule: '', viewRule: '', createRule: '' }
    const fields = [
      { type: 'text', name: 'title' },
      { type: 'file', name: 'scan', maxSelect: 1 },
    ]
    const created = await fetch(`${origin}/api/collections`, {
      method: 'POST',
      headers: { ...headers, Authorization: token },
      body: JSON.stringify({ name: 'docs', type: 'base', fields, ...open }),
    })
    if (!created.ok) throw new Error(await created.text())
  }

  return {
    ended,
    async write(title) {
      const form = new FormData()
      form.append('title', title)
      form.append('scan', new File([title], 'scan.txt'))
      try {
        const answer = await fetch(records, { method: 'POST', body: form })
        const { title: stored } = await answer.json<Partial<Doc>>()
        return answer.ok && stored === title
      } catch {
        // The connection broke with the server.
        return false
      }
    },
    async readAll() {
      const found = new Map<string, string>()
      for (let page = 1, isLast = false; !isLast; page++) {
        const answer = await fetch(`${records}?perPage=500&skipTotal=1&sort=id&page=${page}`)
        const { items } = await answer.json<{ items: readonly Doc[] }>()
        for (const { id, title, scan } of items) {
          const file = await fetch(`${origin}/api/files/docs/${id}/${scan}`)
          found.set(title, await file.text())
        }
        isLast = items.length < 500
      }
      return found
    },
    kill: () => void child.kill('SIGKILL'),
    async stop() {
      // A second signal would end it at once.
      if (!isStopping) child.kill('SIGTERM')
      isStopping = true
      await ended
    },
  }
}
