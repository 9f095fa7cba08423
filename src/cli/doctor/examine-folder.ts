import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Finding, fine, problem, warning } from './finding.ts'

/** SQLite needs room for its log; below this, writes begin to fail. */
const leastSpace = 1024 ** 3

/** Examines the rights and the space of a data folder, which exists. */
export function examineFolder(folder: string): readonly Finding[] {
  const findings = [
    ...writingFindings(folder),
    ...readingFindings(folder),
    ...spaceFindings(folder),
  ]
  return findings.length > 0
    ? findings
    : [fine('folder', 'Only its user can read the folder, and there is space.')]
}

function writingFindings(folder: string): readonly Finding[] {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK)
    accessSync(join(folder, 'data.db'), constants.R_OK | constants.W_OK)
    return []
  } catch {
    const message = `This user may not write ${folder}.`
    return [problem('folder', message, `chown -R "$(id -u)" ${JSON.stringify(folder)}`)]
  }
}

/** Windows has other rights. */
function readingFindings(folder: string): readonly Finding[] {
  if (process.platform === 'win32') return []
  const isOpen = (path: string): boolean => existsSync(path) && (statSync(path).mode & 0o077) !== 0
  const key = join(folder, 'settings.key')
  if (isOpen(key)) {
    const message = 'Other users of this machine can read settings.key, which opens all secrets.'
    return [problem('folder-rights', message, `chmod 600 ${JSON.stringify(key)}`)]
  }
  if (!isOpen(folder)) return []
  const message = 'Other users of this machine can read the folder: records, and password hashes.'
  return [warning('folder-rights', message, `chmod 700 ${JSON.stringify(folder)}`)]
}

function spaceFindings(folder: string): readonly Finding[] {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  if (free >= leastSpace) return []
  const message = `The disk has ${Math.floor(free / 1024 ** 2)} MiB left.`
  return [warning('space', message, 'free some space. Writes fail when there is none.')]
}
