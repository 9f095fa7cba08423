/*
 * The project on this machine: Node, the installed packages, the configuration of its Worker, its secrets.
 */
import { execFile } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { homeFolder, projectFolder } from '#cli/deployment/project-folder.ts'
import { loadWrangler } from '#cli/deployment/wrangler.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import { namedValues } from '#kernel/named-values.ts'
import { examineBundle } from './examine-bundle.ts'
import { examineConfig } from './examine-config.ts'
import { type Finding, fine, problem, warning } from './finding.ts'

const packageFile = z.looseObject({
  name: z.string().default(''),
  version: z.string().default(''),
  dependencies: namedValues(z.string()).default({}),
  peerDependencies: namedValues(z.string()).default({}),
})

/** Examines the project, or the checkout. */
export async function examineProject(now: Date): Promise<readonly Finding[]> {
  const own = packageFile.parse(
    JSON.parse(await readFile(join(homeFolder, 'package.json'), 'utf8')),
  )
  return [
    nodeFinding(process.versions.node),
    fine('version', `Arete ${own.version}.`),
    ...(existsSync(join(projectFolder, 'wrangler.toml')) ? await examineWorker(own, now) : []),
  ]
}

/** The oldest Node that runs Arete. */
const oldestNode = 24

/** Examines the version of Node. */
export function nodeFinding(version: string): Finding {
  const [major = 0] = version.split('.').map(Number)
  if (major >= oldestNode) return fine('node', `Node ${version}.`)
  const fix = 'npm install --include=optional, or install it from https://nodejs.org/en/download'
  return problem('node', `Node ${version} is too old; Arete needs Node ${oldestNode}.`, fix)
}

async function examineWorker(
  own: z.infer<typeof packageFile>,
  now: Date,
): Promise<readonly Finding[]> {
  try {
    const { unstable_readConfig: read } = await loadWrangler()
    const config = read({ config: join(projectFolder, 'wrangler.toml') })
    const trusted = new Set([
      own.name,
      ...Object.keys(own.dependencies),
      ...Object.keys(own.peerDependencies),
    ])
    return [
      ...examineConfig({
        config,
        own: read({ config: join(homeFolder, 'wrangler.toml') }),
        projectFolder,
        migrationsFolder: join(homeFolder, 'drizzle'),
        now,
      }),
      ...(await secretFindings(projectFolder)),
      ...(await examineBundle(projectFolder, trusted)),
    ]
  } catch (error) {
    // There is no wrangler, or its file cannot be read.
    if (error instanceof UsageError) {
      return [warning('wrangler', 'Nothing of Cloudflare was checked.', error.message)]
    }
    if (!(error instanceof Error)) throw error
    return [problem('wrangler', 'wrangler.toml cannot be read.', error.message)]
  }
}

/** Examines the file with the local secrets, if there is one. */
export async function secretFindings(folder: string): Promise<readonly Finding[]> {
  const file = join(folder, '.dev.vars')
  if (!existsSync(file)) return []
  if (await isCommittable(folder)) {
    return [
      problem(
        'dev-vars',
        'Git would keep .dev.vars, which holds a key.',
        'echo .dev.vars >> .gitignore',
      ),
    ]
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    const message = 'Other users of this machine can read .dev.vars, which holds a key.'
    return [warning('dev-vars', message, 'chmod 600 .dev.vars')]
  }
  return [fine('dev-vars', 'Git ignores .dev.vars, and only this user can read it.')]
}

/** True if the folder is in a repository that does not ignore the file. */
async function isCommittable(folder: string): Promise<boolean> {
  return await new Promise((resolve) => {
    execFile('git', ['check-ignore', '-q', '.dev.vars'], { cwd: folder }, (error) => {
      // 0: ignored, 1: not, otherwise there is no repository or no Git.
      resolve(error?.code === 1)
    })
  })
}
