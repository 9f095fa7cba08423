import type { SQL } from 'drizzle-orm'
import type { RateLimitRule } from '#settings/settings.ts'
import { storeSettings } from '#settings/store.ts'
import type { PlanContext } from '#catalog/plan-context.ts'

/** A new name of a collection. */
export interface Rename {
  readonly from: string
  readonly to: string
}

/** Renames the collection in rate limit labels such as `posts:create`. */
export function renameRateLimits(
  { catalog: { settings }, now }: PlanContext,
  renames: readonly Rename[],
): SQL[] {
  const { rules } = settings.rateLimits
  const renamed = renames.reduce(renameIn, rules)
  const isChanged = renamed.some((rule, at) => rule !== rules[at])
  if (!isChanged) return []
  const rateLimits = { ...settings.rateLimits, rules: renamed }
  return [storeSettings({ ...settings, rateLimits }, now)]
}

function renameIn(rules: readonly RateLimitRule[], { from, to }: Rename): readonly RateLimitRule[] {
  if (from === to) return rules
  return rules.map((rule) =>
    rule.label.startsWith(`${from}:`)
      ? { ...rule, label: to + rule.label.slice(from.length) }
      : rule,
  )
}
