import { join, relative } from 'node:path'
import type { Unstable_Config } from 'wrangler'
import { missingParts, type WorkerConfig } from '#cli/deployment/worker-config.ts'
import { type Finding, fine, problem, warning } from './finding.ts'

/** The configuration of a project, and what it is compared with. */
export interface ExaminedConfig {
  readonly config: WorkerConfig & Pick<Unstable_Config, 'vars'>
  readonly own: WorkerConfig
  readonly projectFolder: string
  /** The folder with the migrations of the installed version. */
  readonly migrationsFolder: string
  readonly now: Date
}

/** Variables that a wrangler.toml must not have, and why. */
const forbidden: Readonly<Record<string, string>> = {
  SETTINGS_KEY: 'a file in Git is no place for the key of all secrets',
  SETTINGS_KEY_PREVIOUS: 'a file in Git is no place for the key of all secrets',
  LOCAL_INBOX: 'it shows every mail, with its links and codes, to everyone',
  PASSWORD_COST: 'it makes password hashes that are easy to guess',
}

const upgrade = 'npx arete upgrade adds it, and shows it first.'

/** Compares the wrangler.toml of a project with Arete's own. */
export function examineConfig(examined: ExaminedConfig): readonly Finding[] {
  const { config, own } = examined
  const findings = [
    ...missingParts(config, own).map(({ message, isRequired }) =>
      isRequired ? problem('bindings', message, upgrade) : warning('bindings', message, upgrade),
    ),
    ...Object.entries(forbidden)
      .filter(([name]) => name in config.vars)
      .map(([name, reason]) =>
        problem('variables', `The variable ${name} is set: ${reason}.`, forbiddenFix(name)),
      ),
    ...dateFindings(examined),
    ...migrationFindings(examined),
  ]
  return findings.length > 0
    ? findings
    : [fine('bindings', 'wrangler.toml has every binding, and its date is right.')]
}

function forbiddenFix(name: string): string {
  return name.startsWith('SETTINGS_KEY')
    ? `remove the line, make a new key, and store it with: npx wrangler secret put ${name}`
    : 'remove the line.'
}

function dateFindings({ config, own, now }: ExaminedConfig): readonly Finding[] {
  const { compatibility_date: date = '' } = config
  const { compatibility_date: tested = '' } = own
  const set = `set compatibility_date = "${tested}"; npx arete upgrade does so.`
  if (date > now.toISOString().slice(0, 10)) {
    const message = `The compatibility date ${date} is in the future, which Cloudflare refuses.`
    return [problem('compatibility-date', message, set)]
  }
  if (date >= tested) return []
  const message = `The compatibility date is ${date || 'missing'}; Arete is tested with ${tested}.`
  return [warning('compatibility-date', message, set)]
}

function migrationFindings({
  config,
  projectFolder,
  migrationsFolder,
}: ExaminedConfig): readonly Finding[] {
  const database = config.d1_databases.find(({ binding }) => binding === 'DB')
  if (database === undefined) return []
  const folder = join(projectFolder, database.migrations_dir ?? 'migrations')
  if (folder === migrationsFolder) return []
  const wanted = relative(projectFolder, migrationsFolder)
  const message = `The tables are made from ${folder}, which is not the folder of this version.`
  return [problem('migrations-folder', message, `set migrations_dir = "${wanted}" of DB.`)]
}
