import { join } from 'node:path'

/** The folder of the checkout, which holds wrangler's configuration and state. */
export const projectFolder = join(import.meta.dirname, '../../..')
