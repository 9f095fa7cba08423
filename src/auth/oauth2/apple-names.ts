/*
 * Apple sends a user's name only once, with the code in the redirect after the first sign-in, and
 * not to the server that exchanges the code. The name is stored here for the request that does.
 */
import { hexDigest } from '#kernel/bytes.ts'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { KeyValueStore } from '#platform/bindings.ts'

/** More than KV's minimum, and than the exchange of a code takes. */
const lifetimeSeconds = 61
const maxNameLength = 150

const appleUser = lazy(() =>
  z.object({
    name: z.object({ firstName: z.string().default(''), lastName: z.string().default('') }),
  }),
)

/** Stores the name from Apple's redirect for a minute, by its code. KV: at most 1 write. */
export async function rememberAppleName(
  kv: KeyValueStore,
  code: string,
  user: string,
  now: Date,
): Promise<void> {
  const name = nameIn(user)
  if (name === '') return
  const expiration = Math.ceil(now.getTime() / 1000) + lifetimeSeconds
  await kv.put(await keyOf(code), name, { expiration })
}

/** The name stored for a code; blank if there is none. KV: 1 read. */
export async function appleNameOf(kv: KeyValueStore, code: string): Promise<string> {
  return (await kv.get(await keyOf(code))) ?? ''
}

function nameIn(user: string): string {
  const { name } = parsed(user) ?? {}
  return `${name?.firstName ?? ''} ${name?.lastName ?? ''}`.trim().slice(0, maxNameLength)
}

function parsed(user: string): z.output<ReturnType<typeof appleUser>> | undefined {
  try {
    return appleUser().safeParse(JSON.parse(user)).data
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** A digest, so that listing the keys does not reveal codes. */
async function keyOf(code: string): Promise<string> {
  return `apple-name:${await hexDigest('SHA-256', code)}`
}
