import { createDecipheriv } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import * as z from 'zod'
import { UsageError } from '#cli/terminal/usage.ts'
import type { Issues } from '#kernel/errors.ts'
import { decodeSettings } from '#settings/decode.ts'
import { defaultSettings } from '#settings/defaults.ts'
import type { Settings } from '#settings/settings.ts'
import { validateSettings } from '#settings/validate-settings.ts'

/** The settings of a PocketBase that Arete can use. */
export interface ReadSettings {
  /** Undefined if they are encrypted and no key was given. */
  readonly settings: Settings | undefined
  /** Differences from the original, one sentence each. */
  readonly notes: readonly string[]
}

/**
 * Reads the settings.
 *
 * @param key the value of the environment variable that PocketBase's `--encryptionEnv` names
 * @throws {UsageError} If the key is wrong.
 */
export function readSettings(database: DatabaseSync, key: string | undefined): ReadSettings {
  const text = storedText(database)
  if (text === undefined) return { settings: undefined, notes: [] }
  if (!isEncrypted(text)) return usableSettings(text)
  if (key !== undefined) return usableSettings(decrypted(text, key))
  return {
    settings: undefined,
    notes: [
      'The settings are encrypted and were left out. To import them, name the environment ' +
        "variable that PocketBase's --encryptionEnv named: --encryption-env NAME",
    ],
  }
}

function storedText(database: DatabaseSync): string | undefined {
  const row = database.prepare("SELECT value FROM _params WHERE id = 'settings'").get()
  const value = row?.['value']
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  return typeof value === 'string' ? value : undefined
}

/** Unencrypted settings are a JSON object. */
function isEncrypted(text: string): boolean {
  return !text.trimStart().startsWith('{')
}

const nonceBytes = 12
const tagBytes = 16

/** Decrypts AES-256-GCM as PocketBase does: base64 of the nonce, the ciphertext and the tag. */
function decrypted(text: string, key: string): string {
  const bytes = Buffer.from(text.replace(/^"|"$/g, ''), 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const content = decipher.update(bytes.subarray(nonceBytes, -tagBytes))
    return Buffer.concat([content, decipher.final()]).toString('utf8')
  } catch (error) {
    throw new UsageError('The settings are encrypted with another key.', {
      cause: error,
    })
  }
}

function usableSettings(text: string): ReadSettings {
  const parsed = parsedSettings(text)
  if (typeof parsed === 'string') {
    return {
      settings: undefined,
      notes: [`The settings cannot be read and were left out: ${parsed}.`],
    }
  }
  const { settings, notes } = withoutProxy(withoutS3({ settings: parsed, notes: [] }))
  const groups = Object.keys(validateSettings(settings)) as (keyof Settings)[]
  return {
    settings: groups.reduce(
      (all, group) => ({ ...all, [group]: defaultSettings[group] }),
      settings,
    ),
    notes: [...notes, ...groups.map((group) => faultNote(group, validateSettings(settings)))],
  }
}

/** Returns the reason if the settings cannot be parsed. */
function parsedSettings(text: string): Settings | string {
  try {
    return decodeSettings(text)
  } catch (error) {
    if (error instanceof SyntaxError) return error.message
    if (!(error instanceof z.ZodError)) throw error
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  }
}

interface Fitted {
  readonly settings: Settings
  readonly notes: readonly string[]
}

/**
 * The proxy of the old host is not in front of the new one, where any client could send its header.
 */
function withoutProxy({ settings, notes }: Fitted): Fitted {
  const { headers } = settings.trustedProxy
  if (headers.length === 0) return { settings, notes }
  const note =
    `The trusted proxy headers were left out (${headers.join(', ')}): Cloudflare reports the client's address itself. ` +
    'See docs/deploy.md for when to set some.'
  return {
    settings: { ...settings, trustedProxy: defaultSettings.trustedProxy },
    notes: [...notes, note],
  }
}

function withoutS3({ settings, notes: before }: Fitted): Fitted {
  const { s3, backups } = settings
  const notes = [
    ...before,
    ...(s3.enabled
      ? ['The files are in an S3 store, but only the folder was searched: see docs/moving.md.']
      : []),
    ...(backups.s3.enabled ? ['Backups go to R2 from now on, not to the S3 store.'] : []),
  ]
  const off = { enabled: false }
  return {
    settings: {
      ...settings,
      s3: { ...s3, ...off },
      backups: { ...backups, s3: { ...backups.s3, ...off } },
    },
    notes,
  }
}

function faultNote(group: string, issues: Issues): string {
  return `The settings "${group}" were left out, because Arete rejects them (${JSON.stringify(issues[group])}).`
}
