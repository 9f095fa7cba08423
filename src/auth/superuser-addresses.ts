import type { Collection } from '#collections/collection.ts'
import { commonErrors, type ErrorSpec } from '#kernel/errors.ts'
import { isInRanges } from '#kernel/ip-address.ts'
import type { Settings } from '#settings/settings.ts'

/** Whether a collection's records are superusers. */
export function isSuperusers({ name }: Pick<Collection, 'name'>): boolean {
  return name === '_superusers'
}

/**
 * What a superuser is refused with who comes from an address that the settings do not list;
 * undefined for anybody else. Stops who has got hold of a superuser's password or token.
 */
export function addressDenial(
  { superuserIPs }: Settings,
  collection: Pick<Collection, 'name'>,
  ip: string,
): ErrorSpec | undefined {
  const isLimited = isSuperusers(collection) && superuserIPs.length > 0
  return isLimited && !isInRanges(ip, superuserIPs) ? commonErrors.forbidden : undefined
}
