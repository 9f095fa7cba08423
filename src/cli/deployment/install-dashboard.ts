import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { homeFolder, projectFolder } from './project-folder.ts'

/**
 * Copies the dashboard of the installation into the project, whose Worker serves it from `public/_`. An
 * up-to-date copy stays.
 */
export async function installDashboard(
  home: string = homeFolder,
  project: string = projectFolder,
): Promise<void> {
  if (home === project) return
  const source = join(home, 'public/_')
  const target = join(project, 'public/_')
  // The page names its assets by their content.
  if ((await pageOf(target)) === (await pageOf(source))) return
  await rm(target, { recursive: true, force: true })
  await cp(source, target, { recursive: true })
}

async function pageOf(folder: string): Promise<string | undefined> {
  return await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined)
}
