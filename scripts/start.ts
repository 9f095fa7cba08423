/*
 * `npm start`. Compiled code is cached, which halves the time it takes to load from the second start
 * on; modules are cached only if they are loaded after that is said.
 */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./serve-locally.ts')
