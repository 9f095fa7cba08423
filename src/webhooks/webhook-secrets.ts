/*
 * The secrets of a webhook, sealed like the secrets of the settings: its signing secrets, and the values
 * of its own headers. A header's value is sealed for the host it is sent to, so a changed URL does
 * not disclose it.
 */
import { keyMissing, openWithKeys, sealWithKey, type SettingsKeys } from '#settings/secrets.ts'
import { dictionary } from '#kernel/dictionary.ts'
import { ApiError, type ErrorSpec } from '#kernel/errors.ts'
import type { Webhook } from './webhook.ts'

/** Stands for the value of a header in answers. In a body it keeps the stored value. */
export const hiddenValue = '******'

/** The opened secrets of a webhook. */
export interface OpenedSecrets {
  /** The current secret first. */
  readonly signing: readonly string[]
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Seals a signing secret.
 *
 * @throws {ApiError} `refusal` without a key
 */
export async function sealSigningSecret(
  keys: SettingsKeys,
  id: string,
  secret: string,
  refusal: ErrorSpec,
): Promise<string> {
  const sealed = await sealWithKey(keys, secret, signingPurpose(id))
  if (sealed === undefined) throw new ApiError(refusal, { issues: { secret: keyMissing } })
  return sealed
}

/**
 * Seals the values of headers.
 *
 * @param stored the sealed values of the same host, for those that stay
 * @throws {ApiError} `refusal` without a key
 */
export async function sealHeaders(
  keys: SettingsKeys,
  { id, url }: Pick<Webhook, 'id' | 'url'>,
  headers: Readonly<Record<string, string>>,
  stored: ReadonlyMap<string, string>,
  refusal: ErrorSpec,
): Promise<Readonly<Record<string, string>>> {
  const sealed = await Promise.all(
    Object.entries(headers).map(async ([name, value]) => {
      const kept = value === hiddenValue ? stored.get(name) : undefined
      const text = kept ?? (await sealWithKey(keys, value, headerPurpose(id, url, name)))
      if (text === undefined) throw new ApiError(refusal, { issues: { headers: keyMissing } })
      return [name, text] as const
    }),
  )
  return dictionary(sealed)
}

/** Opens the secrets of a webhook; undefined if no key opens one of them. */
export async function openSecrets(
  keys: SettingsKeys,
  { id, url, secret, previousSecret, previousUntil, headers }: Webhook,
  now: number,
): Promise<OpenedSecrets | undefined> {
  const signing = await openWithKeys(keys, secret, signingPurpose(id))
  if (signing === undefined) return undefined
  const isRotating = previousSecret !== undefined && previousUntil > now
  const previous = isRotating
    ? await openWithKeys(keys, previousSecret, signingPurpose(id))
    : undefined
  const opened = new Map<string, string>()
  for (const [name, sealed] of Object.entries(headers)) {
    const value = await openWithKeys(keys, sealed, headerPurpose(id, url, name))
    if (value === undefined) return undefined
    opened.set(name, value)
  }
  return {
    signing: [signing, ...(previous === undefined ? [] : [previous])],
    headers: dictionary(opened),
  }
}

/** The sealed texts of a webhook by the purpose they are sealed for. */
export function sealedTexts({ id, url, secret, previousSecret, headers }: Webhook) {
  return [
    { sealed: secret, purpose: signingPurpose(id) },
    ...(previousSecret === undefined
      ? []
      : [{ sealed: previousSecret, purpose: signingPurpose(id) }]),
    ...Object.entries(headers).map(([name, sealed]) => ({
      sealed,
      purpose: headerPurpose(id, url, name),
    })),
  ]
}

function signingPurpose(id: string): string {
  return JSON.stringify(['webhook', id])
}

function headerPurpose(id: string, url: string, name: string): string {
  return JSON.stringify(['webhook', id, new URL(url).host, name])
}
