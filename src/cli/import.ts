/*
 * The command behind `npm run import`.
 */
import { join } from 'node:path'
import { existingContent } from '#transfer/existing-content.ts'
import { loadDeployment, type LoadReport } from '#transfer/load-deployment.ts'
import { LoadError } from '#transfer/load-error.ts'
import type { NamedFile } from '#transfer/named-files.ts'
import { portableSeeds } from '#auth/factors/portable-seeds.ts'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { isView } from '#collections/views/derive-views.ts'
import { defaultSettings } from '#settings/defaults.ts'
import { sealNewSecrets } from '#settings/secrets.ts'
import { openDeployment } from '#cli/deployment/deployment.ts'
import { fitDefinitions, type FittedDefinitions } from './check-compatibility.ts'
import { expectNothing, loadFailure } from './load-target.ts'
import { type ImportCommand, importHelp, parseImportArguments } from './import-arguments.ts'
import { createLoadProgress } from '#cli/terminal/load-progress.ts'
import { countOriginals } from './pocketbase/file-tree.ts'
import { openPocketBase, type PocketBaseData } from './pocketbase/open-pocketbase.ts'
import { pocketBaseSource } from './pocketbase/pocketbase-source.ts'
import { readDefinitions } from './pocketbase/read-definitions.ts'
import { type ReadSettings, readSettings } from './pocketbase/read-settings.ts'
import { countRows } from './pocketbase/record-rows.ts'
import { withSecurityOf } from './pocketbase/without-security.ts'
import { copyPublicFiles, findPublicFiles, type PublicFiles } from './pocketbase/public-files.ts'
import { createProgress, type Progress } from '#cli/terminal/progress.ts'
import { knownSettingsKeys } from '#cli/deployment/settings-key.ts'
import { openTrialDatabase } from '#cli/deployment/trial-database.ts'
import { targetName } from '#cli/deployment/target-arguments.ts'
import { incompleteStatus } from '#cli/terminal/run-command.ts'
import type { TerminalCommand } from './commands.ts'
import { asTyped } from '#cli/terminal/as-typed.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import { counted } from '#cli/terminal/wording.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'

type ImportRequest = Extract<ImportCommand, { action: 'import' }>

async function run(command: ImportCommand): Promise<number> {
  const progress = createProgress(process.stdout)
  if (command.action === 'help') {
    process.stdout.write(asTyped(importHelp))
    return 0
  }
  const key = encryptionKey(command.encryptionEnv)
  const data = await openPocketBase(command.source)
  try {
    return await runImport(command, data, key, progress)
  } finally {
    progress.end()
    await data.close()
  }
}

async function runImport(
  request: ImportRequest,
  data: PocketBaseData,
  key: string | undefined,
  progress: Progress,
): Promise<number> {
  progress.line(`Reading ${request.source}`)
  if (data.linkedDatabase !== undefined) {
    progress.line(`data.db is a link. Reading ${data.linkedDatabase}.`)
  }
  if (data.hasLog) {
    progress.line('PocketBase did not exit cleanly. Its write-ahead log is read too.')
  }
  const settings = readSettings(data.database, key)
  const publicFiles = await publicFilesOf(request, data)
  return request.isDryRun
    ? describe({ data, settings, publicFiles, fitted: await fit(data, progress) }, progress)
    : await load(request, { data, settings, publicFiles }, progress)
}

/** The content that was read from a PocketBase. */
interface Contents {
  readonly data: PocketBaseData
  readonly settings: ReadSettings
  /** Undefined if there is no front end, or if it is not imported. */
  readonly publicFiles: PublicFiles | undefined
}

/**
 * @throws {UsageError} If files of the front end would be overwritten without `--replace`.
 */
async function publicFilesOf(
  { withoutPublic, existing }: ImportRequest,
  { publicFolder }: PocketBaseData,
): Promise<PublicFiles | undefined> {
  if (withoutPublic || publicFolder === undefined) return undefined
  const found = await findPublicFiles(publicFolder, join(projectFolder, 'public'))
  if (found.conflicts.length === 0 || existing === 'replace') return found
  throw new UsageError(
    `public/ has different files with the same names: ${shortened(found.conflicts)}. ` +
      'Use --replace to replace them, or --without-public to skip pb_public.',
  )
}

const shownConflicts = 5

function shortened(names: readonly string[]): string {
  const shown = names.slice(0, shownConflicts).join(', ')
  const more = names.length - shownConflicts
  return more > 0 ? `${shown} and ${more} more` : shown
}

function encryptionKey(name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  const key = process.env[name]
  if (key !== undefined && key !== '') return key
  throw new UsageError(`There is no environment variable ${name}.`)
}

/** Checks which definitions Arete can hold. Unreadable ones count as rejected. */
async function fit(data: PocketBaseData, progress: Progress): Promise<FittedDefinitions> {
  const read = readDefinitions(data.database)
  progress.step('Checking collections', read.definitions.length, 0)
  const trial = await openTrialDatabase()
  try {
    const fitted = await fitDefinitions(trial.db, read.definitions)
    return { ...fitted, refused: [...read.refused, ...fitted.refused] }
  } finally {
    await trial.close()
    progress.end()
  }
}

function describe(
  { data, settings, publicFiles, fitted }: Contents & { readonly fitted: FittedDefinitions },
  progress: Progress,
): number {
  const stored = fitted.definitions.filter((definition) => !isView(definition))
  const records = stored.map((definition) => ({
    collection: definition.name,
    count: countRows(data.database, definition),
  }))
  progress.line('Dry run: nothing was changed. An import would include:')
  tellCounts(records, fitted.definitions.length - stored.length, progress)
  tellPublic(publicFiles, progress)
  printNotImported(
    { data, fitted, settings, publicFiles, refused: [], missing: [], unnamed: 0 },
    progress,
  )
  return fitted.refused.length > 0 ? incompleteStatus : 0
}

async function load(
  { source: path, target, existing }: ImportRequest,
  { data, settings, publicFiles }: Contents,
  progress: Progress,
): Promise<number> {
  progress.line(`Into ${targetName(target)}.`)
  const { db, files: bucket, close } = await openDeployment(target)
  try {
    const catalog = await createCatalogCache().current(db)
    const existingOnes = catalog.collections.all.map(({ definition }) => definition)
    if (existing === 'keep') expectNothing(await existingContent(db, existingOnes), 'An import')
    const fitted = await fit(data, progress)
    const missing = new Map<string, NamedFile>()
    const keys = await knownSettingsKeys(target)
    // Without a key they are in plain text until the deployment seals them within the hour.
    const sealed =
      settings.settings === undefined || keys.SETTINGS_KEY === undefined
        ? settings.settings
        : await sealNewSecrets(keys, defaultSettings, settings.settings)
    const source = pocketBaseSource(
      data,
      {
        definitions: fitted.definitions.map((definition) =>
          withSecurityOf(existingOnes, definition),
        ),
        settings: sealed,
      },
      (file) => missing.set(file.key, file),
    )
    const report = await loadDeployment(
      { db, bucket, catalog, seeds: portableSeeds(keys) },
      source,
      {
        fingerprint: `pocketbase ${data.fingerprint} ${path}`,
        existing,
        source: 'import',
        onProgress: createLoadProgress(progress, (definition) =>
          countRows(data.database, definition),
        ),
        expectSame: (found) => {
          expectUnchanged(data)
          expectAll(data, fitted, found)
        },
      },
    )
    if (publicFiles !== undefined) await copyPublicFiles(publicFiles, existing)
    progress.line(
      'Import complete. Every record was compared with its original, and every file by its checksum, or by its size above 8 MiB:',
    )
    tellReport(report, fitted, progress)
    tellPublic(publicFiles, progress)
    const unnamed = (await countOriginals(data.files)) - report.files.files
    printNotImported(
      {
        data,
        fitted,
        settings,
        publicFiles,
        refused: report.refused,
        missing: [...missing.values()],
        unnamed,
      },
      progress,
    )
    progress.line(asTyped(adviceAfter(settings, report)))
    const isComplete = fitted.refused.length + report.refused.length + missing.size === 0
    return isComplete ? 0 : incompleteStatus
  } catch (error) {
    throw loadFailure(target, error)
  } finally {
    await close()
  }
}

function expectUnchanged(data: PocketBaseData): void {
  if (data.isUnchanged()) return
  throw new UsageError(
    'PocketBase has written to its folder during the import. Nothing was changed here. Stop PocketBase and try again.',
  )
}

/** Counts the records again, independently of how they were read. */
function expectAll(data: PocketBaseData, fitted: FittedDefinitions, report: LoadReport): void {
  for (const definition of fitted.definitions) {
    if (isView(definition)) continue
    const { name } = definition
    const taken = report.records.find(({ collection }) => collection === name)?.count ?? 0
    const refused = report.refused.filter(({ collection }) => collection === name).length
    const count = countRows(data.database, definition)
    if (taken + refused === count) continue
    throw new LoadError(
      `Of ${counted(count, 'record')} of ${name} only ${taken} could be read. Nothing was changed here.`,
    )
  }
}

function tellReport({ records, files }: LoadReport, fitted: FittedDefinitions, progress: Progress) {
  const views = fitted.definitions.filter(isView).length
  tellCounts(records, views, progress)
  progress.line(`  ${counted(files.files, 'file')}, ${counted(files.bytes, 'byte')}`)
}

function tellCounts(records: LoadReport['records'], views: number, progress: Progress): void {
  for (const { collection, count } of records) {
    progress.line(`  ${collection}: ${counted(count, 'record')}`)
  }
  if (views > 0) progress.line(`  ${counted(views, 'view')}`)
}

function tellPublic(publicFiles: PublicFiles | undefined, progress: Progress): void {
  if (publicFiles === undefined || publicFiles.paths.length === 0) return
  progress.line(`  ${counted(publicFiles.paths.length, 'file')} of pb_public, in public/`)
}

interface LeftBehind extends Contents {
  readonly fitted: FittedDefinitions
  readonly refused: LoadReport['refused']
  readonly missing: readonly NamedFile[]
  /** Files in the folder that no record names. */
  readonly unnamed: number
}

function printNotImported(
  { data, fitted, settings, publicFiles, refused, missing, unnamed }: LeftBehind,
  progress: Progress,
): void {
  const losses = [
    ...fitted.refused.map(({ name, reason }) => `The collection ${name}: ${reason}`),
    ...refused.map(
      ({ collection, id }) => `The record ${id} of ${collection}: it is larger than 2 MB.`,
    ),
    ...missing.map(
      ({ collection, record, name, isSafe }) =>
        `The file ${name} of the record ${record} of ${collection}: ${isSafe ? 'it is not in the folder.' : 'its name is unsafe.'}`,
    ),
    ...(publicFiles?.notes ?? []),
  ]
  progress.list('Could not be imported:', losses)
  progress.list('Imported with changes:', [...settings.notes, ...fitted.notes])
  const unused = unnamed > 0 ? [`${counted(unnamed, 'file')} that no imported record names.`] : []
  progress.list('Not imported, because Arete does not use it:', [...unused, ...data.notImported])
}

function adviceAfter({ settings }: ReadSettings, { records }: LoadReport): string {
  const superusers = records.find(({ collection }) => collection === '_superusers')?.count ?? 0
  return [
    'Users must sign in again, with their existing passwords.',
    superusers > 0
      ? 'Superusers keep their PocketBase accounts.'
      : 'There is no superuser. Create one: npm run superuser -- upsert EMAIL PASSWORD',
    ...(settings?.rateLimits.enabled === false
      ? [
          'Rate limits are off, as they were in PocketBase. Turn them on in the settings to slow down password guessing.',
        ]
      : []),
  ].join('\n')
}

/** `npm run import` */
export const importCommand: TerminalCommand = {
  run: (args, folder, usual) => run(parseImportArguments(args, folder, usual)),
  whenInterrupted: 'Interrupted. Run the command again to resume.',
}
