import { env } from 'cloudflare:workers'
import { createArgon2Hasher } from '#adapters/cloudflare/argon2-hasher.ts'
import { createApp } from './app.ts'

// A test deployment hashes cheaply; the variable is set by the test configuration alone.
const cost = 'PASSWORD_COST' in env && env.PASSWORD_COST === 'test' ? 'test' : 'owasp'
const app = createApp({ passwords: createArgon2Hasher({ cost }) })

/** The Cloudflare entry. */
// oxlint-disable-next-line import/no-default-export -- the host demands it
export default { fetch: app.fetch }
