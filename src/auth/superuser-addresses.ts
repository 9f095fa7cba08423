import type { Collection } from '#catalog/collection.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import { commonErrors, type ErrorSpec } from '#kernel/errors.ts'
import { isInRanges } from '#go-compat/ip-address.ts'
import type { Settings } from '#settings/settings.ts'

/**
 * The error for a superuser from an address that the settings do not list; undefined for others.
 * Limits the damage of a stolen superuser password or token.
 */
export function addressDenial(
  { superuserIPs }: Settings,
  collection: Pick<Collection, 'id'>,
  ip: string,
): ErrorSpec | undefined {
  const isLimited = isSuperusers(collection) && superuserIPs.length > 0
  return isLimited && !isInRanges(ip, superuserIPs) ? commonErrors.forbidden : undefined
}
