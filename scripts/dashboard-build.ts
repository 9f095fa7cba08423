import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { projectFolder } from '#cli/deployment/project-folder.ts'

/** The folder that the Worker serves the dashboard from. */
export const dashboardFolder = join(projectFolder, 'public/_')

/** Everything the build depends on, except Node. */
const sources = ['src/dashboard', 'src/filter', 'vite.config.ts', 'package-lock.json']

/** The last file that a build writes. */
const stamp = join(dashboardFolder, 'index.html')

/**
 * True if a source is newer than the build, or there is none. Synchronous, because every start
 * waits for it.
 */
export function isDashboardStale(): boolean {
  const builtAt = changedAt(stamp)
  return builtAt === 0 || sources.some((path) => newestIn(join(projectFolder, path)) > builtAt)
}

/** Builds the dashboard if it is stale. */
export async function updateDashboard(): Promise<void> {
  if (isDashboardStale()) await buildDashboard()
}

/**
 * Builds the dashboard in its own process. The old build is replaced at the end, so that it
 * survives a failure, and two builds at the same time do no harm.
 *
 * @throws Error with the output of Vite
 */
export async function buildDashboard(): Promise<void> {
  const folder = join(projectFolder, `dist/dashboard-${process.pid}`)
  await mkdir(folder, { recursive: true })
  try {
    await runVite(['build', '--outDir', folder, '--logLevel', 'warn'])
    await rm(dashboardFolder, { recursive: true, force: true })
    await rename(folder, dashboardFolder).catch(acceptOtherBuild)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runVite(args: readonly string[]): Promise<void> {
  const vite = join(projectFolder, 'node_modules/vite/bin/vite.js')
  const child = spawn(process.execPath, [vite, ...args], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (code !== 0) throw new Error(`The build of the dashboard failed.\n${output}${errors}`)
}

/** Another process may have moved its build there between the two steps, which is as good. */
function acceptOtherBuild(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
}

/** The time of the last change, or 0 if the file is missing. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** Folders count too: their time is that of the last file added or removed. */
function newestIn(path: string): number {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  const entries = isFolder ? readdirSync(path, { encoding: 'utf8', recursive: true }) : []
  return Math.max(...['', ...entries].map((entry) => changedAt(join(path, entry))))
}
