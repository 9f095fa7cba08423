import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from './at-exit.ts'

/** A folder that only this user can read. */
export interface TemporaryFolder {
  readonly path: string
  remove(): void
}

/** Creates a folder that is removed when the process ends, or earlier. */
export function makeTemporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'arete-'))
  const removeNow = (): void => rmSync(path, { recursive: true, force: true })
  const keep = atExit(removeNow)
  return {
    path,
    remove() {
      removeNow()
      keep()
    },
  }
}
