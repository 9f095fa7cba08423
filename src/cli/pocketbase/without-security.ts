/*
 * Definitions as PocketBase can hold them. It knows neither second factors beyond its own nor facts
 * of a session, so a rule that asks for them is locked instead of being left open or broken.
 */
import { accountRules, recordRules } from '#filter/syntax/rule-names.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { defaultSecurity, withoutDefaultSecurity } from '#catalog/security-options.ts'

/** A definition for PocketBase, and its losses. */
export interface PlainDefinition {
  readonly definition: CollectionDefinition
  /** In words, such as `the option security`; empty if it loses nothing. */
  readonly lost: readonly string[]
}

/** The definition without what only Arete has. */
export function withoutSecurity(given: CollectionDefinition): PlainDefinition {
  const lockedRules = recordRules.filter((name) => asksSession(given[name]))
  const locked = Object.fromEntries(lockedRules.map((name) => [name, null]))
  if (given.type !== 'auth') {
    return { definition: { ...given, ...locked }, lost: lockedRules.map(lockedRule) }
  }

  const { options } = given
  const lockedOptions = accountRules.filter((name) => asksSession(options[name]))
  // An empty rule asks every account for a second factor.
  const mfa = asksSession(options.mfa.rule) ? { ...options.mfa, rule: '' } : options.mfa
  return {
    definition: {
      ...given,
      ...locked,
      options: {
        ...options,
        ...Object.fromEntries(lockedOptions.map((name) => [name, null])),
        mfa,
        security: defaultSecurity,
      },
    },
    lost: [
      ...('security' in withoutDefaultSecurity(options) ? ['the option security'] : []),
      ...[...lockedRules, ...lockedOptions].map(lockedRule),
    ],
  }
}

function lockedRule(name: string): string {
  return `${name}, which is locked`
}

function asksSession(rule: string | null): boolean {
  return rule?.includes('@request.session') === true
}

/** A definition to import, with the security options of the collection that it replaces. */
export function withSecurityOf(
  existing: readonly CollectionDefinition[],
  imported: CollectionDefinition,
): CollectionDefinition {
  const replaced = existing.find(({ id }) => id === imported.id)
  if (imported.type !== 'auth' || replaced?.type !== 'auth') return imported
  return { ...imported, options: { ...imported.options, security: replaced.options.security } }
}
