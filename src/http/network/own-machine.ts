import type { Context } from 'hono'
import type { AppEnv } from '#http/app-env.ts'

/**
 * True for a request from the machine that `npm start` runs on, by its own user. A script of
 * another page is recognised by its origin. If its name was pointed at this machine after it had
 * loaded (DNS rebinding), the name is in `Host`.
 */
export function isOwnMachine(c: Context<AppEnv>): boolean {
  if (c.env.LOCAL_INBOX !== '1' || c.req.header('Origin') !== undefined) return false
  const host = c.req.header('Host')
  return isLoopback(c.req.url) && (host === undefined || isLoopback(`http://${host}`))
}

const loopbackHost = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

function isLoopback(url: string): boolean {
  return URL.canParse(url) && loopbackHost.test(new URL(url).hostname)
}
