import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import type { PackageFile } from './package-manifest.ts'

/**
 * Writes the template of projects into the package. Its imports name the package, and its tools have the
 * versions that Arete itself is tested with.
 */
export async function writeTemplate(own: PackageFile, folder: string): Promise<void> {
  const target = join(folder, 'template')
  await cp(join(projectFolder, 'template'), target, { recursive: true })
  for (const path of await readdir(target, { recursive: true })) {
    const file = join(target, path)
    if (path === 'package.json') await writeFile(file, withVersions(await read(file), own))
    else if (path.endsWith('.ts')) await writeFile(file, named(await read(file), own.name))
  }
}

async function read(file: string): Promise<string> {
  return await readFile(file, 'utf8')
}

/** The only place with another name of the package than package.json is a template that nothing reads. */
function named(text: string, name: string): string {
  return text
    .replaceAll(/(from ')arete(?=[/'])/g, `$1${name}`)
    .replaceAll('node_modules/arete/', `node_modules/${name}/`)
}

/** Each version of the template is empty. */
function withVersions(text: string, { dependencies, devDependencies }: PackageFile): string {
  const versions: Readonly<Record<string, string>> = { ...devDependencies, ...dependencies }
  return text.replaceAll(/"([^"]+)": ""/g, (_, name: string) => {
    const version = versions[name]
    if (version === undefined) throw new Error(`The template needs ${name}, and Arete has none.`)
    return `"${name}": "${version}"`
  })
}
