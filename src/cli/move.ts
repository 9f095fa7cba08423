/*
 * The command behind `npm run move`.
 */
import { type PortableSeeds, portableSeeds } from '#auth/factors/portable-seeds.ts'
import { copySessions } from '#auth/sessions/sessions.ts'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { isView } from '#collections/views/derive-views.ts'
import { runBatch } from '#database/batch.ts'
import { readNumber } from '#database/read-number.ts'
import { readOverrides, storeOverrides } from '#database/session-overrides.ts'
import { type Deployment, openDeployment, openOriginal } from '#cli/deployment/deployment.ts'
import { keepLocalSettingsKey, knownSettingsKeys } from '#cli/deployment/settings-key.ts'
import { targetName } from '#cli/deployment/target-arguments.ts'
import { createLoadProgress } from '#cli/terminal/load-progress.ts'
import { createProgress, type Progress } from '#cli/terminal/progress.ts'
import { incompleteStatus } from '#cli/terminal/run-command.ts'
import type { TerminalCommand } from './commands.ts'
import { asTyped } from '#cli/terminal/as-typed.ts'
import { counted } from '#cli/terminal/wording.ts'
import type { Catalog } from '#catalog/catalog.ts'
import { defaultSettings } from '#settings/defaults.ts'
import { openSecrets, sealNewSecrets, type SettingsKeys } from '#settings/secrets.ts'
import { deploymentSource } from '#transfer/deployment-source.ts'
import { existingContent } from '#transfer/existing-content.ts'
import { loadDeployment, type LoadReport } from '#transfer/load-deployment.ts'
import type { NamedFile } from '#transfer/named-files.ts'
import { expectNothing, loadFailure } from './load-target.ts'
import { type MoveCommand, moveHelp, parseMoveArguments } from './move-arguments.ts'
import { sql } from 'drizzle-orm'

type MoveRequest = Extract<MoveCommand, { action: 'move' }>

async function run(command: MoveCommand): Promise<number> {
  if (command.action === 'help') {
    process.stdout.write(asTyped(moveHelp))
    return 0
  }
  const progress = createProgress(process.stdout)
  const original = await openOriginal(command.from)
  try {
    return command.isDryRun
      ? await describe(command, original, progress)
      : await move(command, original, progress)
  } finally {
    progress.end()
    await original.close()
  }
}

/** Records by the names of their collections. */
type Counts = ReadonlyMap<string, number>

/** Counts the records of all base and auth collections. Database: 1 batch. */
async function countRecords({ db }: Deployment, catalog: Catalog): Promise<Counts> {
  const names = catalog.collections.all
    .map(({ definition }) => definition)
    .filter((definition) => !isView(definition))
    .map(({ name }) => name)
  const counts = await runBatch(
    db,
    names.map((name) => sql`SELECT count(*) AS "n" FROM ${sql.identifier(name)}`),
  )
  return new Map(names.map((name, at) => [name, readNumber(counts[at]?.[0], 'n')]))
}

async function describe(
  { from }: MoveRequest,
  original: Deployment,
  progress: Progress,
): Promise<number> {
  const catalog = await createCatalogCache().current(original.db)
  progress.line(`Dry run: nothing was changed. A move from ${targetName(from)} would include:`)
  for (const [name, count] of await countRecords(original, catalog)) {
    progress.line(`  ${name}: ${counted(count, 'record')}`)
  }
  return 0
}

async function move(
  { from, to, existing }: MoveRequest,
  original: Deployment,
  progress: Progress,
): Promise<number> {
  progress.line(`From ${targetName(from)} to ${targetName(to)}.`)
  const target = await openDeployment(to)
  try {
    const targetCatalog = await createCatalogCache().current(target.db)
    if (existing === 'keep') {
      const definitions = targetCatalog.collections.all.map(({ definition }) => definition)
      expectNothing(await existingContent(target.db, definitions), 'A move')
    }
    const catalog = await createCatalogCache().current(original.db)
    const counts = await countRecords(original, catalog)
    const missing = new Map<string, NamedFile>()
    // Seeds are not stored in plain text, so that the new place needs a key before its first start.
    if (to.location === 'local') await keepLocalSettingsKey()
    const [fromKeys, toKeys] = [await knownSettingsKeys(from), await knownSettingsKeys(to)]
    const { settings, unreadable } = await settingsFor(fromKeys, toKeys, catalog)
    const sealedSeeds = new Set<string>()
    const source = deploymentSource(
      {
        db: original.db,
        bucket: original.files,
        catalog,
        seeds: noting(sealedSeeds, portableSeeds(fromKeys)),
      },
      (file) => missing.set(file.key, file),
    )
    const report = await loadDeployment(
      {
        db: target.db,
        bucket: target.files,
        catalog: targetCatalog,
        seeds: portableSeeds(toKeys),
      },
      { ...source, settings },
      {
        fingerprint: `move ${JSON.stringify(from)} ${catalog.revision}`,
        existing,
        source: 'import',
        onProgress: createLoadProgress(progress, ({ name }) => counts.get(name) ?? 0),
        expectSame: () => {},
      },
    )
    const sessions = await moveSessions(original, target)
    tell(
      {
        report,
        sessions,
        missing: [...missing.values()],
        unreadable,
        sealedSeeds: sealedSeeds.size,
      },
      progress,
    )
    const left = report.refused.length + missing.size + unreadable.length + sealedSeeds.size
    return left > 0 ? incompleteStatus : 0
  } catch (error) {
    throw loadFailure(to, error)
  } finally {
    await target.close()
  }
}

/**
 * Seals the secrets in the settings with the key of the new place. Without it they are in plain
 * text until the deployment seals them within the hour.
 */
async function settingsFor(from: SettingsKeys, to: SettingsKeys, { settings }: Catalog) {
  const opened = await openSecrets(from, settings)
  if (to.SETTINGS_KEY === undefined) return opened
  return { ...opened, settings: await sealNewSecrets(to, defaultSettings, opened.settings) }
}

/** Notes the authenticators whose seeds no key opens. */
function noting(sealed: Set<string>, seeds: PortableSeeds): PortableSeeds {
  return {
    ...seeds,
    async open(place, text) {
      const seed = await seeds.open(place, text)
      if (seed === undefined) sealed.add(place.id)
      return seed
    },
  }
}

/** Returns the number of sessions. The rows that end some of them come first. */
async function moveSessions(original: Deployment, target: Deployment): Promise<number> {
  let last = ''
  for (;;) {
    const [[page] = []] = await runBatch(original.db, [readOverrides(last)])
    if (page === undefined || page['last'] === null) break
    await runBatch(target.db, [storeOverrides(String(page['rows']))])
    last = String(page['last'])
  }
  return await copySessions(original.sessions, target.sessions, new Date())
}

interface Outcome {
  readonly report: LoadReport
  readonly sessions: number
  readonly missing: readonly NamedFile[]
  readonly unreadable: readonly string[]
  readonly sealedSeeds: number
}

function tell(
  { report, sessions, missing, unreadable, sealedSeeds }: Outcome,
  progress: Progress,
): void {
  progress.line(
    'Move complete. Every record was compared with its original, and every file by its checksum, or by its size above 8 MiB:',
  )
  for (const { collection, count } of report.records) {
    progress.line(`  ${collection}: ${counted(count, 'record')}`)
  }
  progress.line(`  ${counted(report.files.files, 'file')}, ${counted(report.files.bytes, 'byte')}`)
  progress.line(`  ${counted(report.factors, 'second factor')}`)
  progress.line(`  ${counted(sessions, 'session')}`)
  progress.list('Left out:', [
    ...report.refused.map(
      ({ collection, id }) => `The record ${id} of ${collection}: it is larger than 2 MB.`,
    ),
    ...missing.map(
      ({ collection, record, name, isSafe }) =>
        `The file ${name} of the record ${record} of ${collection}: ${isSafe ? 'it is missing.' : 'its name is unsafe.'}`,
    ),
    ...unreadable.map(
      (path) => `The setting ${path}: it is encrypted. To include it, set SETTINGS_KEY.`,
    ),
    ...(sealedSeeds === 0
      ? []
      : [
          `The seeds of ${counted(sealedSeeds, 'authenticator')}: they are encrypted. They work if the new place has the same SETTINGS_KEY.`,
        ]),
  ])
  progress.line('Logs and backups were not moved.')
}

/** `npm run move` */
export const moveCommand: TerminalCommand = {
  run: (args, folder) => run(parseMoveArguments(args, folder)),
  whenInterrupted: 'Interrupted. Run the command again to resume.',
}
