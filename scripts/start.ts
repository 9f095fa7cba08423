/*
 * `npm start`. Turns on the compile cache before it loads anything else, because modules loaded
 * earlier are not cached.
 */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./serve-locally.ts')
