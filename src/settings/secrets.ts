/*
 * Encrypts the settings' secrets. They are sealed in the database and in memory, and only opened
 * when used. Requests that use none have no cost, and a lost key loses nothing but the secrets
 * themselves.
 */
import { ApiError, type FieldIssue, isFieldIssue, type Issues } from '#kernel/errors.ts'
import { isSealed, seal, unseal } from '#kernel/sealed-text.ts'
import { settingsErrors } from './errors.ts'
import type { S3Settings, Settings } from './settings.ts'

/** The Worker secrets that seal the settings' secrets. */
export interface SettingsKeys {
  readonly SETTINGS_KEY?: string
  /** The previous key. Needed until nothing is sealed with it any more. */
  readonly SETTINGS_KEY_PREVIOUS?: string
}

/** The path of a secret in the settings. */
export type SecretPath = 'smtp.password' | 's3.secret' | 'backups.s3.secret'

/** Reads and writes the secret at a path. */
interface SecretSlot {
  readonly path: SecretPath
  of(settings: Settings): string
  /** The server and user of the secret. It is sealed for these and does not open for others. */
  audience(settings: Settings): readonly unknown[]
  put(settings: Settings, secret: string): Settings
}

const secretSlots: readonly SecretSlot[] = [
  {
    path: 'smtp.password',
    of: ({ smtp }) => smtp.password,
    audience: ({ smtp: { host, port, username, tls } }) => [host, port, username, tls],
    put: (settings, password) => ({ ...settings, smtp: { ...settings.smtp, password } }),
  },
  {
    path: 's3.secret',
    of: ({ s3 }) => s3.secret,
    audience: ({ s3 }) => audienceOfS3(s3),
    put: (settings, secret) => ({ ...settings, s3: { ...settings.s3, secret } }),
  },
  {
    path: 'backups.s3.secret',
    of: ({ backups }) => backups.s3.secret,
    audience: ({ backups }) => audienceOfS3(backups.s3),
    put: (settings, secret) => ({
      ...settings,
      backups: { ...settings.backups, s3: { ...settings.backups.s3, secret } },
    }),
  },
]

function audienceOfS3({ endpoint, accessKey }: S3Settings): readonly unknown[] {
  return [endpoint, accessKey]
}

/**
 * The purpose a secret is sealed for. A secret does not open at another path or for another server.
 */
function purposeOf({ path, audience }: SecretSlot, settings: Settings): string {
  return JSON.stringify([path, ...audience(settings)])
}

/** A shorter key could be guessed. 32 random bytes have 43 characters in base64. */
const minKeyLength = 32

/** No available key opens the secret. */
class SecretUnreadableError extends Error {
  override readonly name = 'SecretUnreadableError'

  constructor(path: SecretPath) {
    super(
      `The setting ${path} cannot be read: SETTINGS_KEY is missing or not the one it was stored with, or it was stored for another server or user. Set the key, or save the setting again.`,
    )
  }
}

/**
 * Opens the secret at a path. One that was stored before there was a key is in plain text and
 * returned unchanged.
 *
 * @throws {SecretUnreadableError} If no key opens it, or it was sealed for another server.
 */
export async function openSecret(
  keys: SettingsKeys,
  path: SecretPath,
  settings: Settings,
): Promise<string> {
  const place = secretSlots.find((candidate) => candidate.path === path)
  if (place === undefined) throw new SecretUnreadableError(path)
  const stored = place.of(settings)
  if (!isSealed(stored)) return stored
  const opened = await openWithAny(keys, place, settings)
  if (opened === undefined) throw new SecretUnreadableError(path)
  return opened.secret
}

/**
 * The secrets whose server or user changes while they stay the same. They must be sent again,
 * because otherwise a change of the server would disclose them.
 */
export function misdirectedSecrets(current: Settings, changed: Settings): Issues {
  return secretSlots.reduce<Issues>((issues, { path, of, audience }) => {
    const isKept = of(changed) !== '' && of(changed) === of(current)
    const isMoved = JSON.stringify(audience(changed)) !== JSON.stringify(audience(current))
    return isKept && isMoved ? withIssueAt(issues, path, secretMisdirected) : issues
  }, {})
}

/**
 * Seals new secrets in the settings. Sealed ones stay unchanged, readable or not.
 *
 * @throws {ApiError} `savingFailed` for a new secret without a key, because it would be stored in
 * plain text.
 */
export async function sealNewSecrets(
  keys: SettingsKeys,
  current: Settings,
  changed: Settings,
): Promise<Settings> {
  const key = usableKey(keys.SETTINGS_KEY)
  let sealed = changed
  for (const place of secretSlots) {
    const { path, of, put } = place
    const [before, secret] = [of(current), of(changed)]
    // A submitted text may look sealed. Only a stored one is.
    if (secret === '' || (secret === before && (isSealed(secret) || key === undefined))) continue
    if (key === undefined) {
      throw new ApiError(settingsErrors.savingFailed, { issues: withIssueAt({}, path, keyMissing) })
    }
    const purpose = purposeOf(place, changed)
    sealed = put(sealed, await seal(secret, { passphrase: key, purpose }))
  }
  return sealed
}

/** Settings with their secrets in plain text. Never store them. */
export interface OpenedSettings {
  readonly settings: Settings
  /** Secrets that no key opens. They are empty in the settings. */
  readonly unreadable: readonly SecretPath[]
}

/** Opens the secrets of settings, to move them elsewhere. */
export async function openSecrets(keys: SettingsKeys, settings: Settings): Promise<OpenedSettings> {
  const unreadable: SecretPath[] = []
  let opened = settings
  for (const place of secretSlots) {
    const { path, of, put } = place
    if (!isSealed(of(settings))) continue
    const secret = (await openWithAny(keys, place, settings))?.secret
    if (secret === undefined) unreadable.push(path)
    opened = put(opened, secret ?? '')
  }
  return { settings: opened, unreadable }
}

/** The result of resealing settings. */
export interface Resealed {
  readonly settings: Settings
  readonly isChanged: boolean
  /** Secrets that no key opens. They stay unchanged. */
  readonly unreadable: readonly SecretPath[]
}

/**
 * Seals all secrets with the current key and for their server. Applies to secrets in plain text,
 * under the previous key, or from versions that sealed for the path alone.
 */
export async function resealSecrets(keys: SettingsKeys, settings: Settings): Promise<Resealed> {
  const key = usableKey(keys.SETTINGS_KEY)
  const unreadable: SecretPath[] = []
  let resealed = settings
  for (const place of secretSlots) {
    const { path, of, put } = place
    const stored = of(settings)
    if (stored === '') continue
    const opened = isSealed(stored)
      ? await openWithAny(keys, place, settings)
      : { secret: stored, isCurrent: false }
    if (opened === undefined) unreadable.push(path)
    else if (key !== undefined && !opened.isCurrent) {
      const purpose = purposeOf(place, settings)
      resealed = put(resealed, await seal(opened.secret, { passphrase: key, purpose }))
    }
  }
  return { settings: resealed, isChanged: resealed !== settings, unreadable }
}

/**
 * Seals a secret outside the settings.
 *
 * @param purpose its place; a sealed text opens nowhere else
 * @returns undefined without a key, because it would be stored in plain text
 */
export async function sealWithKey(
  { SETTINGS_KEY }: SettingsKeys,
  secret: string,
  purpose: string,
): Promise<string | undefined> {
  const passphrase = usableKey(SETTINGS_KEY)
  return passphrase === undefined ? undefined : await seal(secret, { passphrase, purpose })
}

/** Opens a secret that `sealWithKey` has sealed; undefined if no key opens it. */
export async function openWithKeys(
  { SETTINGS_KEY, SETTINGS_KEY_PREVIOUS }: SettingsKeys,
  sealed: string,
  purpose: string,
): Promise<string | undefined> {
  for (const passphrase of [SETTINGS_KEY, SETTINGS_KEY_PREVIOUS].map(usableKey)) {
    const secret = passphrase && (await unseal(sealed, { passphrase, purpose }))
    if (secret !== undefined) return secret
  }
  return undefined
}

async function openWithAny(
  { SETTINGS_KEY, SETTINGS_KEY_PREVIOUS }: SettingsKeys,
  place: SecretSlot,
  settings: Settings,
): Promise<{ readonly secret: string; readonly isCurrent: boolean } | undefined> {
  const stored = place.of(settings)
  const bound = purposeOf(place, settings)
  for (const passphrase of [SETTINGS_KEY, SETTINGS_KEY_PREVIOUS].map(usableKey)) {
    if (passphrase === undefined) continue
    // Earlier versions sealed for the path alone.
    for (const purpose of [bound, place.path]) {
      const secret = await unseal(stored, { passphrase, purpose })
      if (secret === undefined) continue
      return { secret, isCurrent: purpose === bound && passphrase === usableKey(SETTINGS_KEY) }
    }
  }
  return undefined
}

/** A key that is long enough to seal with; undefined if there is none. */
export function usableKey(key: string | undefined): string | undefined {
  return key !== undefined && key.length >= minKeyLength ? key : undefined
}

/** The issue of a secret that cannot be stored, because there is no key. */
export const keyMissing: FieldIssue = {
  code: 'validation_settings_key_missing',
  message: `Secrets are stored encrypted only: set the Worker secret SETTINGS_KEY, at least ${minKeyLength} random characters, first.`,
}

/** The issue of a stored secret that a change would send to another server. */
export const secretMisdirected: FieldIssue = {
  code: 'validation_secret_required_again',
  message:
    'The stored secret is for another server or user: send it again, or an empty one to remove it.',
}

/** Adds an issue at a path. */
function withIssueAt(issues: Issues, path: string, issue: FieldIssue): Issues {
  const [first = '', ...rest] = path.split('.')
  if (rest.length === 0) return { ...issues, [first]: issue }
  const inner = issues[first]
  const before = inner === undefined || isFieldIssue(inner) ? {} : inner
  return { ...issues, [first]: withIssueAt(before, rest.join('.'), issue) }
}
