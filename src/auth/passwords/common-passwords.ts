/*
 * The list of common passwords is a static asset of the dashboard's build, because it is as large as a
 * tenth of the Worker and most requests do not need it. It is read once, when a collection first asks.
 */
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { Assets } from '#platform/bindings.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { Passwords } from '#platform/passwords.ts'

/** The list: a password of at least eight characters per line, in lower case. The host is of no meaning. */
const url = 'https://assets/_/assets/common-passwords.txt'

const lists = new WeakMap<Assets, Promise<ReadonlySet<string>>>()

/** Passwords with the list among the assets of a deployment. */
export function createPasswords(hasher: PasswordHasher, assets: Assets | undefined): Passwords {
  return {
    ...hasher,
    async areCommon(readings) {
      const list = await commonPasswords(assets)
      return readings.some((reading) => list.has(reading))
    },
  }
}

async function commonPasswords(assets: Assets | undefined): Promise<ReadonlySet<string>> {
  if (assets === undefined) throw new ApiError(commonErrors.unavailable)
  const known = lists.get(assets) ?? load(assets)
  lists.set(assets, known)
  try {
    return await known
  } catch (cause) {
    lists.delete(assets)
    throw new ApiError(commonErrors.unavailable, { cause })
  }
}

async function load(assets: Assets): Promise<ReadonlySet<string>> {
  const response = await assets.fetch(url)
  const text = await response.text()
  // Where a file is missing, the answer may be the page of the front end.
  const isList = response.ok && !text.trimStart().startsWith('<')
  if (!isList) throw new Error(`The list of common passwords is missing (${response.status}).`)
  return new Set(text.trimEnd().split('\n'))
}
