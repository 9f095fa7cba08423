import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from './at-exit.ts'

/** A folder that nobody but this user reads. */
export interface TemporaryFolder {
  readonly path: string
  remove(): void
}

/** Makes a folder, which is removed at the end of the process at the latest. */
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
