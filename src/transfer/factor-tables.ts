/*
 * The tables of second factors, as a transfer reads and writes them. They are described like
 * collections.
 *
 * A seed is sealed with a key of its deployment, for its row. In a source it is in plain text, like the
 * secrets in the settings, so that another deployment can seal it again.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { numberField, textField } from '#catalog/system-fields.ts'
import { isSealed } from '#kernel/sealed-text.ts'
import { describedTable, replaceRows } from './described-table.ts'
import { LoadError } from './load-error.ts'
import type { RowWithId, Source } from './source.ts'
import { shownValue } from './stored-value.ts'

/** The row that a seed belongs to. */
export interface SeedPlace {
  readonly id: string
  readonly collectionId: string
  readonly recordId: string
}

/** Opens and seals the seeds of a deployment with its keys. */
export interface Seeds {
  /** A seed in base32; undefined if no key opens it. */
  open(place: SeedPlace, sealed: string): Promise<string | undefined>
  /** A sealed seed; undefined without a key. */
  seal(place: SeedPlace, seed: string): Promise<string | undefined>
}

const accountColumns = ['collectionRef', 'recordRef'].map((column) => textField(column))

const totps = describedTable('factors-totps', '_totps', [
  ...accountColumns,
  textField('id'),
  textField('name'),
  textField('secret'),
  numberField('confirmed'),
  numberField('last_step'),
  numberField('failures'),
  textField('created'),
  textField('last_used'),
])

const recoveryCodes = describedTable('factors-recovery-codes', '_recovery_codes', [
  ...accountColumns,
  textField('hash'),
  textField('created'),
])

/** All tables of second factors. */
export const factorTables: readonly CollectionDefinition[] = [totps, recoveryCodes]

/** True for a table of second factors, and false for a collection. */
export function isFactorTable({ id }: CollectionDefinition): boolean {
  return factorTables.some((table) => table.id === id)
}

/** True for an authenticator whose seed no key of its deployment opened. */
export function hasSealedSeed({ values: { secret } }: RowWithId): boolean {
  return typeof secret === 'string' && isSealed(secret)
}

type Rows = Source['rows']

/** Reads authenticators with their seeds in plain text. What no key opens stays sealed. */
export function withOpenSeeds(rows: Rows, seeds: Seeds): Rows {
  return withSeeds(rows, async (place, seed) =>
    isSealed(seed) ? ((await seeds.open(place, seed)) ?? seed) : seed,
  )
}

const base32 = /^[A-Z2-7]{16,256}$/

/**
 * Reads authenticators with sealed seeds. What is sealed already stays as it is: it opens again where
 * its key is known.
 */
export function withSealedSeeds(rows: Rows, seeds: Seeds): Rows {
  return withSeeds(rows, async (place, seed) => {
    if (isSealed(seed)) return seed
    if (!base32.test(seed)) throw new LoadError(`The authenticator ${place.id} has no seed.`)
    const sealed = await seeds.seal(place, seed)
    if (sealed !== undefined) return sealed
    throw new LoadError('Authenticators are stored encrypted. Set SETTINGS_KEY, and try again.')
  })
}

function withSeeds(rows: Rows, convert: (place: SeedPlace, seed: string) => Promise<string>): Rows {
  return async (definition, after, limit) => {
    const found = await rows(definition, after, limit)
    if (definition.id !== totps.id) return found
    return await Promise.all(
      found.map(async (row) => {
        const { id, collectionRef, recordRef, secret } = row.values
        const place = {
          id: shownValue(id),
          collectionId: shownValue(collectionRef),
          recordId: shownValue(recordRef),
        }
        return {
          ...row,
          values: { ...row.values, secret: await convert(place, shownValue(secret)) },
        }
      }),
    )
  }
}

/** Replaces all second factors by the loaded ones. */
export function replaceFactors(): SQL[] {
  return factorTables.flatMap(replaceRows)
}

/** Deletes the second factors of accounts that are gone. */
export function dropStrayFactors(definitions: readonly CollectionDefinition[]): SQL[] {
  const accounts = definitions.filter(({ type }) => type === 'auth')
  const ids = JSON.stringify(accounts.map(({ id }) => id))
  return factorTables.flatMap(({ name: table }) => [
    sql`DELETE FROM ${sql.identifier(table)} WHERE "collectionRef" NOT IN (SELECT value FROM json_each(${ids}))`,
    ...accounts.map(
      ({ id, name }) => sql`DELETE FROM ${sql.identifier(table)}
        WHERE "collectionRef" = ${id} AND "recordRef" NOT IN (SELECT "id" FROM ${sql.identifier(name)})`,
    ),
  ])
}
