/*
 * Seeds are sealed with the key of the settings' secrets, each for the row it belongs to, so that a
 * seed does not open in the row of another account.
 */
import { type SQL, sql } from 'drizzle-orm'
import { type Row, runBatch } from '#database/batch.ts'
import { totpsTable } from '#database/schema.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { seal, unseal } from '#kernel/sealed-text.ts'
import type { Database } from '#platform/bindings.ts'
import { keyMissing, type SettingsKeys, usableKey } from '#settings/secrets.ts'
import { fromBase32, toBase32 } from './totp.ts'

declare module '#http/app-env.ts' {
  interface RequestServices {
    /** The Worker's secrets that seal others. */
    readonly keys: SettingsKeys
  }
}

/** The row that a seed is sealed for. */
export interface SeedPlace {
  readonly id: string
  readonly collectionId: string
  readonly recordId: string
}

function purposeOf({ collectionId, recordId, id }: SeedPlace): string {
  return `totp:${collectionId}:${recordId}:${id}`
}

/**
 * Seals a seed for its row.
 *
 * @throws {ApiError} `validationFailed` without a key, because the seed would be stored in plain text
 */
export async function sealSeed(
  { SETTINGS_KEY }: SettingsKeys,
  place: SeedPlace,
  seed: Uint8Array,
): Promise<string> {
  const passphrase = usableKey(SETTINGS_KEY)
  if (passphrase === undefined) {
    throw new ApiError(commonErrors.validationFailed, { issues: { secret: keyMissing } })
  }
  return await seal(toBase32(seed), { passphrase, purpose: purposeOf(place) })
}

/** Opens the seed of a row; undefined if no available key opens it. */
export async function openSeed(
  keys: SettingsKeys,
  place: SeedPlace,
  sealed: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const text = (await openWithAny(keys, place, sealed))?.text
  return text === undefined ? undefined : fromBase32(text)
}

async function openWithAny(
  { SETTINGS_KEY, SETTINGS_KEY_PREVIOUS }: SettingsKeys,
  place: SeedPlace,
  sealed: string,
): Promise<{ readonly text: string; readonly isCurrent: boolean } | undefined> {
  const current = usableKey(SETTINGS_KEY)
  for (const passphrase of [current, usableKey(SETTINGS_KEY_PREVIOUS)]) {
    if (passphrase === undefined) continue
    const text = await unseal(sealed, { passphrase, purpose: purposeOf(place) })
    if (text !== undefined) return { text, isCurrent: passphrase === current }
  }
  return undefined
}

/** Seeds read at a time. */
const pageRows = 200

/**
 * Seals all seeds with the current key that are sealed with the previous one, and returns the number
 * of those that no key opens.
 *
 * Database: 2 batches per 200 seeds; none without a previous key.
 */
export async function resealSeeds(db: Database, keys: SettingsKeys): Promise<number> {
  if (usableKey(keys.SETTINGS_KEY_PREVIOUS) === undefined) return 0
  let unreadable = 0
  let last = ''
  for (;;) {
    const [rows = []] = await runBatch(db, [
      sql`SELECT "id", "collectionRef", "recordRef", "secret" FROM ${totpsTable}
        WHERE "id" > ${last} ORDER BY "id" LIMIT ${pageRows}`,
    ])
    const changes: SQL[] = []
    for (const row of rows) {
      const change = await resealed(keys, row)
      if (change === 'unreadable') unreadable++
      else if (change !== undefined) changes.push(change)
    }
    if (changes.length > 0) await runBatch(db, changes)
    const end = rows.at(-1)
    if (end === undefined) return unreadable
    last = String(end['id'])
  }
}

async function resealed(keys: SettingsKeys, row: Row): Promise<SQL | 'unreadable' | undefined> {
  const secret = String(row['secret'])
  const id = String(row['id'])
  const place = {
    id,
    collectionId: String(row['collectionRef']),
    recordId: String(row['recordRef']),
  }
  const opened = await openWithAny(keys, place, secret)
  if (opened === undefined) return 'unreadable'
  if (opened.isCurrent) return undefined
  const sealed = await sealSeed(keys, place, fromBase32(opened.text))
  return sql`UPDATE ${totpsTable} SET "secret" = ${sealed} WHERE "id" = ${id} AND "secret" = ${secret}`
}
