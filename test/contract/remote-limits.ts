import { describe, it } from 'vitest'
import { isTooLarge } from '#database/abort.ts'
import { runBatch } from '#database/batch.ts'
import type { Database } from '#platform/bindings.ts'
import { type SQL, sql } from 'drizzle-orm'

/** Tests of limits that D1 enforces in production, and Cloudflare's local runtime does not. */
export function describeRemoteLimits(name: string, create: () => Database): void {
  describe(`the database ${name} refuses as D1 does in production`, () => {
    it('a value of more than 2 MB', async ({ expect }) => {
      const db = create()
      const insert = (length: number): SQL => sql`INSERT INTO "t" VALUES (${'a'.repeat(length)})`
      await runBatch(db, [sql`CREATE TABLE "t" ("a")`, insert(1_999_000)])

      const error = await runBatch(db, [insert(2_000_001)]).catch((failure: unknown) => failure)

      expect(isTooLarge(error)).toBe(true)
      expect(await runBatch(db, [sql`SELECT count(*) AS "n" FROM "t"`])).toEqual([[{ n: 1 }]])
    })

    it('a function of more than 32 arguments', async ({ expect }) => {
      const db = create()
      const call = (count: number): SQL =>
        sql.raw(`SELECT json_array(${Array.from({ length: count }, () => '1').join()})`)

      await runBatch(db, [call(32)])

      await expect(runBatch(db, [call(33)])).rejects.toThrow('too many arguments')
    })
  })
}
