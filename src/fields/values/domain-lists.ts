import type { FieldIssue, Issues } from '#kernel/errors.ts'
import { isDomain } from '#go-compat/formats.ts'
import { eachFault, issuesOf } from '#go-compat/validation-rules.ts'
import { texts } from '#fields/definition/options.ts'

/** The domains that a field accepts, or those it rejects. At most one list is set. */
export interface DomainLists {
  readonly onlyDomains: readonly string[] | null
  readonly exceptDomains: readonly string[] | null
}

/** The decoders of the lists. */
export const domainOptions = { exceptDomains: texts, onlyDomains: texts }

const mustBeBlank: FieldIssue = { code: 'validation_empty', message: 'Must be blank.' }

const noDomain: FieldIssue = {
  code: 'validation_is_domain',
  message: 'Must be a valid domain.',
}

/** The issues of the lists, by position. */
export function domainListFaults({ onlyDomains, exceptDomains }: DomainLists): Issues {
  return issuesOf({
    exceptDomains: listFault(exceptDomains ?? [], onlyDomains ?? []),
    onlyDomains: listFault(onlyDomains ?? [], exceptDomains ?? []),
  })
}

function listFault(list: readonly string[], other: readonly string[]): FieldIssue | Issues {
  if (list.length > 0 && other.length > 0) return mustBeBlank
  if (other.length > 0) return {}
  return eachFault(list, (domain) => (domain === '' || isDomain(domain) ? undefined : noDomain))
}

/** True if the lists allow a domain. The comparison is case-sensitive. */
export function allowsDomain({ onlyDomains, exceptDomains }: DomainLists, domain: string): boolean {
  if (onlyDomains !== null && onlyDomains.length > 0) return onlyDomains.includes(domain)
  return !(exceptDomains ?? []).includes(domain)
}
