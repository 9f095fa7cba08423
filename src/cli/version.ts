import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { homeFolder } from '#cli/deployment/project-folder.ts'

/** Reads the version of Arete from package.json. */
export async function readVersion(): Promise<string> {
  const text = await readFile(join(homeFolder, 'package.json'), 'utf8')
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version
}
