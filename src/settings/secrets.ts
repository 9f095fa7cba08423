/*
 * The settings' secrets at rest. They are stored, and kept in memory, sealed; only what needs one
 * opens it, so a request costs nothing for them and a lost key takes nothing with it but the
 * secrets themselves.
 */
import { ApiError, type FieldIssue, type Issues } from '#kernel/errors.ts'
import { isSealed, seal, unseal } from '#kernel/sealed-text.ts'
import { settingsErrors } from './errors.ts'
import type { Settings } from './settings.ts'

/** The Worker secrets that seal the settings' own. */
export interface SettingsKeys {
  readonly SETTINGS_KEY?: string
  /** The key before the current one, until nothing is sealed with it any more. */
  readonly SETTINGS_KEY_PREVIOUS?: string
}

/** Where settings keep something secret. */
export type SecretPath = 'smtp.password' | 's3.secret' | 'backups.s3.secret'

/** A secret's place: how it is read there, and written. */
interface Place {
  readonly path: SecretPath
  of(settings: Settings): string
  put(settings: Settings, secret: string): Settings
}

const places: readonly Place[] = [
  {
    path: 'smtp.password',
    of: ({ smtp }) => smtp.password,
    put: (settings, password) => ({ ...settings, smtp: { ...settings.smtp, password } }),
  },
  {
    path: 's3.secret',
    of: ({ s3 }) => s3.secret,
    put: (settings, secret) => ({ ...settings, s3: { ...settings.s3, secret } }),
  },
  {
    path: 'backups.s3.secret',
    of: ({ backups }) => backups.s3.secret,
    put: (settings, secret) => ({
      ...settings,
      backups: { ...settings.backups, s3: { ...settings.backups.s3, secret } },
    }),
  },
]

/** A shorter key could be guessed. 32 random bytes have 43 characters in base64. */
const minKeyLength = 32

/** A secret that the keys at hand do not open. */
class SecretUnreadableError extends Error {
  override readonly name = 'SecretUnreadableError'

  constructor(path: SecretPath) {
    super(
      `The setting ${path} cannot be read: SETTINGS_KEY is missing, or not the one it was stored with. Set the key, or store the setting again.`,
    )
  }
}

/**
 * The secret a setting holds. One that was stored in the clear, before there was a key, is given as
 * it is.
 *
 * @throws {SecretUnreadableError} When no key opens it.
 */
export async function openSecret(
  keys: SettingsKeys,
  path: SecretPath,
  stored: string,
): Promise<string> {
  if (!isSealed(stored)) return stored
  const opened = await openWithAny(keys, path, stored)
  if (opened === undefined) throw new SecretUnreadableError(path)
  return opened.secret
}

/**
 * Settings with their new secrets sealed. What is sealed already stays as it is, readable or not.
 *
 * @throws {ApiError} `savingFailed` for a new secret while there is no key: it would lie open.
 */
export async function sealNewSecrets(
  keys: SettingsKeys,
  current: Settings,
  changed: Settings,
): Promise<Settings> {
  const key = usable(keys.SETTINGS_KEY)
  let sealed = changed
  for (const { path, of, put } of places) {
    const [before, secret] = [of(current), of(changed)]
    // Other texts may look sealed, too: only what was stored is.
    if (secret === '' || (secret === before && (isSealed(secret) || key === undefined))) continue
    if (key === undefined) {
      throw new ApiError(settingsErrors.savingFailed, { issues: issuesAt(path, keyMissing) })
    }
    sealed = put(sealed, await seal(secret, { passphrase: key, purpose: path }))
  }
  return sealed
}

/** Settings as nobody keeps them: their secrets are in the clear. */
export interface OpenedSettings {
  readonly settings: Settings
  /** What no key opens; it is empty in the settings. */
  readonly unreadable: readonly SecretPath[]
}

/** Settings with their secrets opened, to be taken elsewhere. */
export async function openSecrets(keys: SettingsKeys, settings: Settings): Promise<OpenedSettings> {
  const unreadable: SecretPath[] = []
  let opened = settings
  for (const { path, of, put } of places) {
    const stored = of(settings)
    if (!isSealed(stored)) continue
    const secret = (await openWithAny(keys, path, stored))?.secret
    if (secret === undefined) unreadable.push(path)
    opened = put(opened, secret ?? '')
  }
  return { settings: opened, unreadable }
}

/** What sealing anew made of settings. */
export interface Resealed {
  readonly settings: Settings
  readonly isChanged: boolean
  /** What no key opens; it stays as it is. */
  readonly unreadable: readonly SecretPath[]
}

/**
 * Settings with all secrets under the current key: those that were stored in the clear, or under
 * the key before it, are sealed anew.
 */
export async function resealSecrets(keys: SettingsKeys, settings: Settings): Promise<Resealed> {
  const key = usable(keys.SETTINGS_KEY)
  const unreadable: SecretPath[] = []
  let resealed = settings
  for (const { path, of, put } of places) {
    const stored = of(settings)
    if (stored === '') continue
    const opened = isSealed(stored)
      ? await openWithAny(keys, path, stored)
      : { secret: stored, isCurrent: false }
    if (opened === undefined) unreadable.push(path)
    else if (key !== undefined && !opened.isCurrent) {
      resealed = put(resealed, await seal(opened.secret, { passphrase: key, purpose: path }))
    }
  }
  return { settings: resealed, isChanged: resealed !== settings, unreadable }
}

async function openWithAny(
  { SETTINGS_KEY, SETTINGS_KEY_PREVIOUS }: SettingsKeys,
  path: SecretPath,
  stored: string,
): Promise<{ readonly secret: string; readonly isCurrent: boolean } | undefined> {
  for (const passphrase of [SETTINGS_KEY, SETTINGS_KEY_PREVIOUS].map(usable)) {
    if (passphrase === undefined) continue
    const secret = await unseal(stored, { passphrase, purpose: path })
    if (secret !== undefined) return { secret, isCurrent: passphrase === usable(SETTINGS_KEY) }
  }
  return undefined
}

function usable(key: string | undefined): string | undefined {
  return key !== undefined && key.length >= minKeyLength ? key : undefined
}

const keyMissing: FieldIssue = {
  code: 'validation_settings_key_missing',
  message: `Secrets are stored encrypted only: set the Worker secret SETTINGS_KEY, at least ${minKeyLength} random characters, first.`,
}

function issuesAt(path: string, issue: FieldIssue): Issues {
  const [last = '', ...outer] = path.split('.').toReversed()
  return outer.reduce<Issues>((inner, name) => ({ [name]: inner }), { [last]: issue })
}
