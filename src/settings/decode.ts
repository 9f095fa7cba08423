import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { defaultSettings } from './defaults.ts'
import type { RateLimitRule, Settings } from './settings.ts'

const s3Shape = lazy(() =>
  z.object({
    enabled: z.boolean(),
    bucket: z.string(),
    region: z.string(),
    endpoint: z.string(),
    accessKey: z.string(),
    secret: z.string(),
    forcePathStyle: z.boolean(),
  }),
)

const ruleShape = lazy(() =>
  z.object({
    label: z.string(),
    audience: z.string(),
    duration: z.int(),
    maxRequests: z.int(),
  }),
)

/** The types of all settings, in the order of the response. */
export const settingsShape = lazy(() =>
  z.object({
    superuserIPs: z.array(z.string()),
    smtp: z.object({
      enabled: z.boolean(),
      port: z.int(),
      host: z.string(),
      username: z.string(),
      password: z.string(),
      authMethod: z.string(),
      tls: z.boolean(),
      localName: z.string(),
    }),
    backups: z.object({ cron: z.string(), cronMaxKeep: z.int(), s3: s3Shape() }),
    s3: s3Shape(),
    meta: z.object({
      accentColor: z.string(),
      appName: z.string(),
      appURL: z.string(),
      senderName: z.string(),
      senderAddress: z.string(),
      hideControls: z.boolean(),
    }),
    rateLimits: z.object({
      rules: z.array(ruleShape()),
      excludedIPs: z.array(z.string()),
      enabled: z.boolean(),
    }),
    trustedProxy: z.object({ headers: z.array(z.string()), useLeftmostIP: z.boolean() }),
    batch: z.object({
      enabled: z.boolean(),
      maxRequests: z.int(),
      timeout: z.int(),
      maxBodySize: z.int(),
    }),
    logs: z.object({
      maxDays: z.int(),
      minLevel: z.int(),
      logIP: z.boolean(),
      logAuthId: z.boolean(),
    }),
    arete: z.object({
      docs: z.object({ access: z.string() }),
      schema: z.object({ source: z.string() }),
      webhooks: z.object({ mailAfter: z.int(), turnOffAfter: z.int() }),
    }),
  }),
)

/** A partial settings document, with keys spelled as in the settings. */
export type SettingsPatch = Readonly<Record<string, unknown>>

/**
 * Decodes the stored settings; null means that none were ever changed. Unknown keys are dropped.
 */
export function decodeSettings(stored: string | null): Settings {
  const patch: unknown = stored === null ? {} : JSON.parse(stored)
  return mergeSettings(defaultSettings, patch as SettingsPatch)
}

/**
 * Replaces a part of the settings: objects merge, rate limit rules merge by position, other arrays
 * and values are replaced. The result has the right types but is not otherwise validated.
 *
 * @throws {z.ZodError} For a value of another type.
 */
export function mergeSettings(current: Settings, patch: SettingsPatch): Settings {
  const merged = merge(current, patch)
  return settingsShape().parse(withMergedRules(merged, current.rateLimits.rules))
}

const emptyRule: RateLimitRule = { label: '', audience: '', duration: 0, maxRequests: 0 }

function merge(current: unknown, patch: unknown): unknown {
  if (!isObject(current) || !isObject(patch)) return patch
  const changed = Object.entries(patch).map(
    ([key, value]) => [key, merge(current[key], value)] as const,
  )
  return { ...current, ...Object.fromEntries(changed) }
}

function withMergedRules(settings: unknown, current: readonly RateLimitRule[]): unknown {
  if (!isObject(settings) || !isObject(settings['rateLimits'])) return settings
  const { rules } = settings['rateLimits']
  if (!Array.isArray(rules)) return settings
  const merged = rules.map((rule, index) => merge(current[index] ?? emptyRule, rule))
  return { ...settings, rateLimits: { ...settings['rateLimits'], rules: merged } }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
