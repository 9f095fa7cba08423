/*
 * Measures a backup of many records and large files and its restore, and checks that everything is
 * restored.
 */
import { runCommand } from '#cli/terminal/run-command.ts'
import { superuserWithPassword } from '#cli/superuser-with-password.ts'
import { positiveNumber, readArguments } from '#cli/terminal/usage.ts'
import { type ServedWorkers, serveWorkers } from '../support/serve-workers.ts'

const help = `npm run bench:backups -- [options]

  --records N    how many records there are (default: 100000)
  --files N      how many files of 8 MiB (default: 128, which is 1 GiB)
  --help         this text
`

const email = 'bench@example.com'
const password = 'a password for a benchmark'
const fileBytes = 8 * 1024 * 1024
/** Records inserted per statement. */
const pageRecords = 5000

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(0)} s`
}

class Server {
  readonly #origin: string
  #token = ''

  constructor(origin: string) {
    this.#origin = origin
  }

  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.#origin + path, {
      method,
      headers: { 'Content-Type': 'application/json', Authorization: this.#token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  async signIn(): Promise<void> {
    const path = '/api/collections/_superusers/auth-with-password'
    const { token } = (await this.call('POST', path, { identity: email, password })) as {
      token: string
    }
    this.#token = token
  }

  /** Waits until no task is running. */
  async settled(): Promise<void> {
    for (;;) {
      await this.signIn()
      const { data } = (await this.call('GET', '/api/health')) as { data: { canBackup?: boolean } }
      if (data.canBackup === true) return
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

async function fill(
  server: Server,
  { database, bucket }: ServedWorkers<string>,
  { records, files }: { records: number; files: number },
): Promise<void> {
  await server.call('POST', '/api/collections', {
    id: 'bench_records',
    name: 'records',
    fields: [
      { type: 'text', name: 'text' },
      { type: 'number', name: 'n' },
      { type: 'file', name: 'file', maxSelect: 1, maxSize: fileBytes },
    ],
    indexes: ['CREATE INDEX `idx_records_n` ON `records` (`n`)'],
  })
  for (let from = 0; from < records; from += pageRecords) {
    const rows = Array.from({ length: Math.min(pageRecords, records - from) }, (_, k) => {
      const n = from + k
      return { id: String(n).padStart(15, '0'), n, file: n < files ? `f${n}.bin` : '' }
    })
    await database
      .prepare(
        `INSERT INTO "records" ("id", "text", "n", "file")
          SELECT value ->> 'id', hex(randomblob(100)), value ->> 'n', value ->> 'file' FROM json_each(?)`,
      )
      .bind(JSON.stringify(rows))
      .run()
  }
  for (let n = 0; n < files; n++) {
    const content = new Uint8Array(fileBytes).fill(n % 251)
    await bucket.put(`bench_records/${String(n).padStart(15, '0')}/f${n}.bin`, content)
  }
}

async function digestOf({ database }: ServedWorkers<string>): Promise<string> {
  const row = await database
    .prepare(
      `SELECT count(*) AS "n", sum(length("text")) AS "l", sum("n") AS "s", max("text") AS "t" FROM "records"`,
    )
    .first()
  return JSON.stringify(row)
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        records: { type: 'string', default: '100000' },
        files: { type: 'string', default: '128' },
        help: { type: 'boolean', short: 'h' },
      },
    },
    'npm run bench:backups -- --help',
  )
  if (values.help) {
    say(help)
    return 0
  }
  const sizes = {
    records: positiveNumber('--records', values.records),
    files: positiveNumber('--files', values.files),
  }

  const served = await serveWorkers({ 'bench-backups': 'src/worker.ts' })
  try {
    const statements = await superuserWithPassword(email, password)
    await served.database.batch(statements.map((sql) => served.database.prepare(sql)))
    const server = new Server(served.origins['bench-backups'])
    await server.signIn()
    await server.call('PATCH', '/api/settings', { rateLimits: { enabled: false } })
    await fill(server, served, sizes)
    const before = await digestOf(served)

    const began = performance.now()
    await server.call('POST', '/api/backups', { name: 'bench.zip' })
    await server.settled()
    const [backup] = (await server.call('GET', '/api/backups')) as { size: number }[]
    say(
      `a backup of ${sizes.records} records and ${sizes.files} files: ${((backup?.size ?? 0) / 2 ** 20).toFixed(0)} MiB in ${seconds(began)}`,
    )

    await served.database.prepare('DELETE FROM "records"').run()
    for (let n = 0; n < sizes.files; n++) {
      await served.bucket.delete(`bench_records/${String(n).padStart(15, '0')}/f${n}.bin`)
    }
    const restoring = performance.now()
    await server.call('POST', '/api/backups/bench.zip/restore')
    await server.settled()
    const { objects } = await served.bucket.list({ prefix: 'bench_records/' })
    const isComplete = (await digestOf(served)) === before && objects.length === sizes.files
    say(
      `restored in ${seconds(restoring)}: ${isComplete ? 'everything is there' : 'NOT everything is there'}`,
    )
    return isComplete ? 0 : 1
  } finally {
    await served.stop()
  }
}

await runCommand(main)
