import { type SQL, sql } from 'drizzle-orm'
import { runBatch } from '#database/batch.ts'
import { webhooksTable } from '#database/schema.ts'
import type { Database } from '#platform/bindings.ts'
import { openWithKeys, sealWithKey, type SettingsKeys } from '#settings/secrets.ts'
import { decodeWebhook } from './webhook.ts'
import { sealedTexts } from './webhook-secrets.ts'

/**
 * Seals the secrets of webhooks that are under the previous key with the current one. A text that
 * was changed meanwhile stays. Database: 1 batch, and 1 more if there are any.
 */
export async function resealWebhooks(
  db: Database,
  { SETTINGS_KEY: current, SETTINGS_KEY_PREVIOUS: previous }: SettingsKeys,
): Promise<void> {
  if (current === undefined || previous === undefined) return
  const [rows = []] = await runBatch(db, [sql`SELECT * FROM ${webhooksTable}`])
  const statements: SQL[] = []
  for (const webhook of rows.map(decodeWebhook)) {
    for (const { sealed, purpose } of sealedTexts(webhook)) {
      const secret = await openWithKeys({ SETTINGS_KEY: previous }, sealed, purpose)
      const resealed = secret && (await sealWithKey({ SETTINGS_KEY: current }, secret, purpose))
      if (resealed === undefined) continue
      statements.push(replaceText(webhook.id, sealed, resealed))
    }
  }
  if (statements.length > 0) await runBatch(db, statements)
}

/** Sealed texts are unique, so the place of one need not be known. */
function replaceText(id: string, sealed: string, resealed: string): SQL {
  return sql`UPDATE ${webhooksTable} SET "secret" = replace("secret", ${sealed}, ${resealed}),
    "previousSecret" = replace("previousSecret", ${sealed}, ${resealed}),
    "headers" = replace("headers", ${sealed}, ${resealed}) WHERE "id" = ${id}`
}
