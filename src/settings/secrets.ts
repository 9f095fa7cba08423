/*
 * The settings' secrets at rest. They are stored, and kept in memory, sealed; only what needs one
 * opens it, so a request costs nothing for them and a lost key takes nothing with it but the
 * secrets themselves.
 */
import { ApiError, type FieldIssue, isFieldIssue, type Issues } from '#kernel/errors.ts'
import { isSealed, seal, unseal } from '#kernel/sealed-text.ts'
import { settingsErrors } from './errors.ts'
import type { S3Settings, Settings } from './settings.ts'

/** The Worker secrets that seal the settings' own. */
export interface SettingsKeys {
  readonly SETTINGS_KEY?: string
  /** The key before the current one, until nothing is sealed with it any more. */
  readonly SETTINGS_KEY_PREVIOUS?: string
}

/** Where settings keep something secret. */
export type SecretPath = 'smtp.password' | 's3.secret' | 'backups.s3.secret'

/** A secret's place: how it is read there, and written. */
interface SecretSlot {
  readonly path: SecretPath
  of(settings: Settings): string
  /** The server a secret is for, and who it is there. A secret is sealed for these and no others. */
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

/** What a secret is sealed for. One that is moved, or whose server is, does not open. */
function purposeOf({ path, audience }: SecretSlot, settings: Settings): string {
  return JSON.stringify([path, ...audience(settings)])
}

/** A shorter key could be guessed. 32 random bytes have 43 characters in base64. */
const minKeyLength = 32

/** A secret that the keys at hand do not open. */
class SecretUnreadableError extends Error {
  override readonly name = 'SecretUnreadableError'

  constructor(path: SecretPath) {
    super(
      `The setting ${path} cannot be read: SETTINGS_KEY is missing or not the one it was stored with, or it was stored for another server or user. Set the key, or store the setting again.`,
    )
  }
}

/**
 * The secret that settings hold in a place. One that was stored in the clear, before there was a key,
 * is given as it is.
 *
 * @throws {SecretUnreadableError} When no key opens it, or it was stored for another server.
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
 * The secrets that a change leaves as they are while it gives them another server or user: they would
 * go to whoever is there. They have to be sent again.
 */
export function misdirectedSecrets(current: Settings, changed: Settings): Issues {
  return secretSlots.reduce<Issues>((issues, { path, of, audience }) => {
    const isKept = of(changed) !== '' && of(changed) === of(current)
    const isMoved = JSON.stringify(audience(changed)) !== JSON.stringify(audience(current))
    return isKept && isMoved ? withIssueAt(issues, path, secretMisdirected) : issues
  }, {})
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
  for (const place of secretSlots) {
    const { path, of, put } = place
    const [before, secret] = [of(current), of(changed)]
    // Other texts may look sealed, too: only what was stored is.
    if (secret === '' || (secret === before && (isSealed(secret) || key === undefined))) continue
    if (key === undefined) {
      throw new ApiError(settingsErrors.savingFailed, { issues: withIssueAt({}, path, keyMissing) })
    }
    const purpose = purposeOf(place, changed)
    sealed = put(sealed, await seal(secret, { passphrase: key, purpose }))
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
  for (const place of secretSlots) {
    const { path, of, put } = place
    if (!isSealed(of(settings))) continue
    const secret = (await openWithAny(keys, place, settings))?.secret
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
 * Settings with all secrets under the current key and for their server: those that were stored in
 * the clear, under the key before it, or by a version that sealed for the place alone, are sealed anew.
 */
export async function resealSecrets(keys: SettingsKeys, settings: Settings): Promise<Resealed> {
  const key = usable(keys.SETTINGS_KEY)
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

async function openWithAny(
  { SETTINGS_KEY, SETTINGS_KEY_PREVIOUS }: SettingsKeys,
  place: SecretSlot,
  settings: Settings,
): Promise<{ readonly secret: string; readonly isCurrent: boolean } | undefined> {
  const stored = place.of(settings)
  const bound = purposeOf(place, settings)
  for (const passphrase of [SETTINGS_KEY, SETTINGS_KEY_PREVIOUS].map(usable)) {
    if (passphrase === undefined) continue
    // Earlier versions sealed for the place alone.
    for (const purpose of [bound, place.path]) {
      const secret = await unseal(stored, { passphrase, purpose })
      if (secret === undefined) continue
      return { secret, isCurrent: purpose === bound && passphrase === usable(SETTINGS_KEY) }
    }
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

const secretMisdirected: FieldIssue = {
  code: 'validation_secret_required_again',
  message:
    'The stored secret is for another server or user: send it again, or an empty one to remove it.',
}

/** The same issues, and one more at a path. */
function withIssueAt(issues: Issues, path: string, issue: FieldIssue): Issues {
  const [first = '', ...rest] = path.split('.')
  if (rest.length === 0) return { ...issues, [first]: issue }
  const inner = issues[first]
  const before = inner === undefined || isFieldIssue(inner) ? {} : inner
  return { ...issues, [first]: withIssueAt(before, rest.join('.'), issue) }
}
