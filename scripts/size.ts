/*
 * Compares the gzip size of the built Worker with the ratchet. It may shrink, and grow only with
 * `npm run size -- --update`, which shows in the diff. Also checks the dashboard against its limits.
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { runCommand } from '#cli/terminal/run-command.ts'
import { readArguments } from '#cli/terminal/usage.ts'
import { buildWorker } from './build-worker.ts'
import { measureDashboard } from './dashboard-size.ts'
import { readRatchets, recordRatchet } from './ratchets.ts'

/** The absolute limit, whatever the ratchet is. */
const maxWorkerBytes = 400 * 1024

/** Growth within this limit is ignored: names and messages change all the time. */
const slackBytes = 1024

async function gzipBytes(): Promise<number> {
  const modules = await buildWorker('src/worker.ts', 'dist/size')
  return modules
    .map((file) => gzipSync(readFileSync(file)).length)
    .reduce((sum, bytes) => sum + bytes, 0)
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`
}

/** The reason why this size is rejected; undefined if it is not. */
function objection(bytes: number, ratchetBytes: number): string | undefined {
  if (bytes > maxWorkerBytes) return `That is over the limit of ${kib(maxWorkerBytes)}.`
  if (bytes <= ratchetBytes + slackBytes) return undefined
  return (
    `That is more than the ${kib(ratchetBytes)} in test/bench/ratchets.json. ` +
    'If the growth is worth it: npm run size -- --update, and say why in the commit.'
  )
}

/** Shows the sizes of the dashboard, the largest chunks last; true when all are within their limits. */
async function showDashboard(): Promise<boolean> {
  const lines = await measureDashboard()
  for (const { name, bytes, limitBytes } of lines) {
    const isOver = bytes > limitBytes
    const text = `Dashboard: ${name}, ${kib(bytes)} of ${kib(limitBytes)}.\n`
    if (isOver) process.stderr.write(`Too large. ${text}`)
    else if (bytes > 10 * 1024) process.stdout.write(text)
  }
  return lines.every(({ bytes, limitBytes }) => bytes <= limitBytes)
}

const help = `Compares the gzip size of the Worker with the recorded one and fails if it has grown, or
if a part of the dashboard is over its limit.

  npm run size
  npm run size -- --update   records the current size
`

await runCommand(async (args) => {
  const { values } = readArguments(
    {
      args: [...args],
      options: { help: { type: 'boolean', short: 'h' }, update: { type: 'boolean' } },
    },
    'npm run size -- --help',
  )
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const bytes = await gzipBytes()
  if (values.update) recordRatchet({ workerGzipBytes: bytes })
  const complaint = objection(bytes, readRatchets().workerGzipBytes)

  process.stdout.write(`The Worker has ${kib(bytes)} gzipped.\n`)
  if (complaint !== undefined) process.stderr.write(`${complaint}\n`)
  const isDashboardSmall = await showDashboard()
  return complaint === undefined && isDashboardSmall ? 0 : 1
})
