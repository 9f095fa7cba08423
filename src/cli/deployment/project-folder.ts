import { join } from 'node:path'

/**
 * The folder of the checkout, which holds wrangler's configuration and state, or of an installed
 * server, which has `drizzle` and `public` only. The entry point of a bundle sets the variable.
 */
export const projectFolder = process.env['ARETE_HOME'] ?? join(import.meta.dirname, '../../..')
