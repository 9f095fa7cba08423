import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '#cli/deployment/project-folder.ts'

const file = join(projectFolder, 'test/bench/ratchets.json')

/** Recorded figures that may shrink, and grow only by a change of the file, which shows in the diff. */
export interface Ratchets {
  readonly workerGzipBytes: number
  /** Calls of functions by a Worker that starts. */
  readonly startCalls: number
}

/** Reads the recorded figures. */
export function readRatchets(): Ratchets {
  return JSON.parse(readFileSync(file, 'utf8')) as Ratchets
}

/** Records a figure. */
export function recordRatchet(figure: Partial<Ratchets>): void {
  writeFileSync(file, `${JSON.stringify({ ...readRatchets(), ...figure }, null, 2)}\n`)
}
