import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of all storage of a run on Node. */
    storage: string
  }
}

let folder: string | undefined

/** Makes a folder, in memory where the system has a place for that. */
export function setup(project: TestProject): void {
  folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'arete-test-'))
  project.provide('storage', folder)
}

/** Deletes it. The processes of the tests cannot: they are killed. */
export function teardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
}
