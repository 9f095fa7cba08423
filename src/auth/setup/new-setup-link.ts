/*
 * The link with which the first superuser is made in the browser. `npm start` and `npm run deploy`
 * print it while there is no superuser. Its token is random and known only to the terminal: the
 * database holds a digest, and a fragment (`/_/setup#token`) is not sent to any server.
 *
 * This is the part of the command line, in plain strings: every start loads it, and Drizzle is slow
 * to load.
 */
import { hexDigest } from '#kernel/bytes.ts'
import { formatDate, unixSeconds } from '#kernel/dates.ts'
import { randomString } from '#kernel/random.ts'

/** The row of `_params` with the digest of the current link. */
export const setupParameter = 'setup'

const lifetimeSeconds = 24 * 60 * 60

/** 43 characters of 62 are 256 bits. */
const tokenLength = 43

/** A new link. */
export interface SetupLink {
  readonly token: string
  /** The SQL that stores its digest in place of an earlier link's, unless there is a superuser. */
  readonly statement: string
}

/** Makes a link, for the command line. Its statement contains no secret. */
export async function newSetupLink(now: Date): Promise<SetupLink> {
  const token = randomString(tokenLength)
  const expires = unixSeconds(now) + lifetimeSeconds
  const value = JSON.stringify({ sha256: await hexDigest('SHA-256', token), expires })
  const moment = formatDate(now)
  const statement =
    'INSERT INTO _params (id, value, created, updated) ' +
    `SELECT '${setupParameter}', '${value}', '${moment}', '${moment}' ` +
    'WHERE NOT EXISTS (SELECT 1 FROM _superusers) ' +
    'ON CONFLICT (id) DO UPDATE SET value = excluded.value, updated = excluded.updated'
  return { token, statement }
}

/** The SQL that ends the link, for the command line. */
export const endSetupLink = `DELETE FROM _params WHERE id = '${setupParameter}'`
