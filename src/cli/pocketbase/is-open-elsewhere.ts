import { spawnSync } from 'node:child_process'

/*
 * Requests an exclusive lock. Closing the connection would write the log into the database, so the
 * process exits without closing it.
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
 * True if another process has the SQLite database open, which shows in a lock in its journal mode.
 * Neither the database nor its log is changed.
 */
export function isOpenElsewhere(file: string): boolean {
  const args = ['--no-warnings', '--input-type=module', '--eval', probe, file]
  return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout === 'busy'
}
