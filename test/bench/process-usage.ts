import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The unit of CPU time in `/proc`, which Linux fixes for programs. */
const millisecondsPerTick = 10

/**
 * The CPU time that a process has used, with all its threads, in milliseconds. Undefined where there
 * is no `/proc`.
 */
export function cpuMilliseconds(pid: number): number | undefined {
  const stat = readOf(pid, 'stat')
  if (stat === undefined) return undefined
  // The second field is the name, in parentheses, and may contain anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system] = [fields[11], fields[12]]
  return (Number(user) + Number(system)) * millisecondsPerTick
}

/** The resident memory of a process in megabytes. */
export interface Memory {
  readonly now: number
  readonly peak: number
}

/** The memory of a process; undefined where there is no `/proc`. */
export function memoryOf(pid: number): Memory | undefined {
  const status = readOf(pid, 'status')
  if (status === undefined) return undefined
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') }
}

/** The processes with this name that this process has started. */
export function childrenNamed(name: string): readonly number[] {
  const listed = execFileSync('ps', ['-eo', 'ppid=,pid=,comm='], { encoding: 'utf8' })
  return listed
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([parent, , command]) => Number(parent) === process.pid && command === name)
    .map(([, pid]) => Number(pid))
}

function readOf(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}
