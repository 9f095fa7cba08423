/*
 * Kills `arete serve` in the middle of writes, again and again over the same folder, and then stops it
 * in order. What was acknowledged must be there, what was not is whole or absent, after the stop absent,
 * and after a sweep no file is left that no record names.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNodeHost } from '#adapters/node/node-host.ts'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { createSystemTransactor } from '#catalog/transact.ts'
import { readMigrations } from '#cli/deployment/migrations.ts'
import { runToStatus } from '#cli/terminal/run-command.ts'
import { positiveNumber, readArguments } from '#cli/terminal/usage.ts'
import { runBatch } from '#database/batch.ts'
import { sweepFiles } from '#files/sweep.ts'
import { sql } from 'drizzle-orm'
import { type ServedFolder, startServing } from './served-folder.ts'

const help = `npm run crash -- [options]

Kills the server of one's own in the middle of concurrent writes with files, starts it again, and
checks that nothing that was acknowledged is missing.

  --kills N    how many times (default: 50)
  --writes N   how many writes are under way before each (default: 500)
  --help       this text
`

async function main(args: readonly string[]): Promise<number> {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        kills: { type: 'string', default: '50' },
        writes: { type: 'string', default: '500' },
      },
    },
    'npm run crash -- --help',
  )
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const kills = positiveNumber('--kills', values.kills)
  const writes = positiveNumber('--writes', values.writes)
  const folder = await mkdtemp(join(tmpdir(), 'arete-crash-'))
  try {
    return await crash(folder, kills, writes)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function crash(folder: string, kills: number, writes: number): Promise<number> {
  const acknowledged = new Set<string>()
  const faults: string[] = []
  for (let kill = 1; kill <= kills; kill++) {
    const written = await writeUntil(folder, writes, `kill ${kill}`, (server) => server.kill())
    for (const title of written) acknowledged.add(title)
  }
  const last = await writeUntil(folder, writes, 'stop', (server) => void server.stop())
  for (const title of last) acknowledged.add(title)

  const server = await startServing(folder)
  const found = await server.readAll()
  await server.stop()
  for (const title of acknowledged) {
    if (!found.has(title)) faults.push(`${title} was acknowledged and is missing.`)
  }
  for (const title of found.keys()) {
    const isUnanswered = title.startsWith('stop') && !last.has(title)
    if (isUnanswered)
      faults.push(`${title} was written and not answered, though the server stopped in order.`)
  }
  for (const [title, content] of found) {
    if (content !== title) faults.push(`The file of ${title} is ${JSON.stringify(content)}.`)
  }
  faults.push(...(await orphansIn(folder, found.size)))

  for (const fault of faults) say(fault)
  say(`${acknowledged.size} acknowledged, ${found.size} found, ${faults.length} faults`)
  return faults.length === 0 ? 0 : 1
}

/** Writes many records at once, ends the server in the middle, and returns what it acknowledged. */
async function writeUntil(
  folder: string,
  writes: number,
  name: string,
  end: (server: ServedFolder) => void,
): Promise<ReadonlySet<string>> {
  const server = await startServing(folder)
  const acknowledged = new Set<string>()
  const enough = Math.floor(Math.random() * writes * 0.8)
  await Promise.all(
    Array.from({ length: writes }, async (_, n) => {
      const title = `${name}, write ${n}`
      if (!(await server.write(title))) return
      acknowledged.add(title)
      if (acknowledged.size > enough) end(server)
    }),
  )
  end(server)
  await server.ended
  say(`${name}: ${acknowledged.size} of ${writes} writes were acknowledged`)
  return acknowledged
}

/** Counts what is left without a record after all jobs have run. */
async function orphansIn(folder: string, records: number): Promise<string[]> {
  const host = await createNodeHost({ folder, migrations: await readMigrations() })
  const { DB: db, FILES: bucket } = host.bindings
  const transactor = createSystemTransactor(db, createCatalogCache())
  const later = new Date(Date.now() + 24 * 60 * 60 * 1000)
  for (;;) {
    await sweepFiles({ bucket, db, transactor }, later)
    const [[row] = []] = await runBatch(db, [sql`SELECT count(*) AS "n" FROM "_file_sweeps"`])
    if (row?.['n'] === 0) break
  }
  let objects = 0
  for (let startAfter = '', isLast = false; !isLast;) {
    const page = await bucket.list({ prefix: '', startAfter })
    objects += page.objects.length
    startAfter = page.objects.at(-1)?.key ?? ''
    isLast = !page.truncated
  }
  await host.close()
  const content = join(folder, 'storage/content')
  const entries = await readdir(content, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).length
  return objects === records && files === records
    ? []
    : [`${records} records have ${objects} objects in ${files} files.`]
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

await runToStatus(main)
// Connections that are kept alive would hold the process for their time-out.
process.exit()
