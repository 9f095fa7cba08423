import { spawnSync } from 'node:child_process'

/*
 * Asks for the database alone. A connection that closes would write the log into the database, so
 * this one never does: its process ends without a word.
 */
const probe = `
  import { DatabaseSync } from 'node:sqlite'
  import { writeSync } from 'node:fs'
  try {
    const database = new DatabaseSync(process.argv[1], { timeout: 0 })
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE')
    writeSync(1, 'free')
  } catch (error) {
    writeSync(1, error.errcode === 5 /* SQLITE_BUSY */ ? 'busy' : 'unknown')
  }
  process.kill(process.pid, 'SIGKILL')
`

/**
 * Whether another process has an SQLite database open, which in its journal mode shows in a lock.
 * Nothing of the database or of its log is changed.
 */
export function isOpenElsewhere(file: string): boolean {
  const args = ['--no-warnings', '--input-type=module', '--eval', probe, file]
  return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout === 'busy'
}
