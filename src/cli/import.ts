/*
 * The command behind `npm run import`.
 */
import { join } from 'node:path'
import { type ExistingContent, existingContent } from '#transfer/existing-content.ts'
import { loadDeployment, type LoadReport } from '#transfer/load-deployment.ts'
import { LoadError } from '#transfer/load-error.ts'
import type { NamedFile } from '#transfer/named-files.ts'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { isView } from '#collections/views/derive-views.ts'
import { defaultSettings } from '#settings/defaults.ts'
import { sealNewSecrets } from '#settings/secrets.ts'
import { openDeployment } from './deployment.ts'
import { fitDefinitions, type FittedDefinitions } from './check-compatibility.ts'
import { type ImportCommand, importHelp, parseImportArguments } from './import-arguments.ts'
import { createLoadProgress } from './load-progress.ts'
import { countOriginals } from './pocketbase/file-tree.ts'
import { openPocketBase, type PocketBaseData } from './pocketbase/open-pocketbase.ts'
import { pocketBaseSource } from './pocketbase/pocketbase-source.ts'
import { readDefinitions } from './pocketbase/read-definitions.ts'
import { type ReadSettings, readSettings } from './pocketbase/read-settings.ts'
import { countRows } from './pocketbase/record-rows.ts'
import { copyPublicFiles, findPublicFiles, type PublicFiles } from './pocketbase/public-files.ts'
import { createProgress, type Progress } from './progress.ts'
import { knownSettingsKeys } from './settings-key.ts'
import { openTrialDatabase } from './trial-database.ts'
import { targetName } from './target-arguments.ts'
import { incompleteStatus, runCommand } from './run-command.ts'
import { UsageError } from './usage.ts'
import { counted } from './wording.ts'
import { projectFolder } from './wrangler.ts'

type ImportRequest = Extract<ImportCommand, { action: 'import' }>

async function run(command: ImportCommand): Promise<number> {
  const progress = createProgress(process.stdout)
  if (command.action === 'help') {
    process.stdout.write(importHelp)
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
    progress.line(`data.db is a link: ${data.linkedDatabase} is read.`)
  }
  if (data.hasLog) {
    progress.line(
      'PocketBase was not stopped in order. What is in its write-ahead log is read too.',
    )
  }
  const settings = readSettings(data.database, key)
  const publicFiles = await publicFilesOf(request, data)
  return request.isDryRun
    ? describe({ data, settings, publicFiles, fitted: await fit(data, progress) }, progress)
    : await load(request, { data, settings, publicFiles }, progress)
}

/** What a PocketBase holds, as far as it was read. */
interface Contents {
  readonly data: PocketBaseData
  readonly settings: ReadSettings
  /** Undefined where there is no front end, or it is to stay. */
  readonly publicFiles: PublicFiles | undefined
}

/** @throws {UsageError} when files of the front end would replace others without being told to */
async function publicFilesOf(
  { withoutPublic, existing }: ImportRequest,
  { publicFolder }: PocketBaseData,
): Promise<PublicFiles | undefined> {
  if (withoutPublic || publicFolder === undefined) return undefined
  const found = await findPublicFiles(publicFolder, join(projectFolder, 'public'))
  if (found.conflicts.length === 0 || existing === 'replace') return found
  throw new UsageError(
    `public/ holds other files of the same names: ${shortened(found.conflicts)}. ` +
      'To replace them: --replace. To leave pb_public where it is: --without-public',
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

/** Finds out which definitions Arete can hold; those that cannot be read are among the refused. */
async function fit(data: PocketBaseData, progress: Progress): Promise<FittedDefinitions> {
  const read = readDefinitions(data.database)
  progress.step('Trying out collections', read.definitions.length, 0)
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
  progress.line('Nothing is changed. These would be taken:')
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
    if (existing === 'keep') {
      const definitions = catalog.collections.all.map(({ definition }) => definition)
      expectNothing(await existingContent(db, definitions))
    }
    const fitted = await fit(data, progress)
    const missing = new Map<string, NamedFile>()
    const keys = await knownSettingsKeys(target.location)
    // Without a key they lie open, until the deployment seals them within the hour.
    const sealed =
      settings.settings === undefined || keys.SETTINGS_KEY === undefined
        ? settings.settings
        : await sealNewSecrets(keys, defaultSettings, settings.settings)
    const source = pocketBaseSource(
      data,
      { definitions: fitted.definitions, settings: sealed },
      (file) => missing.set(file.key, file),
    )
    const report = await loadDeployment({ db, bucket, catalog }, source, {
      fingerprint: `pocketbase ${data.fingerprint} ${path}`,
      existing,
      onProgress: createLoadProgress(progress, (definition) =>
        countRows(data.database, definition),
      ),
      expectSame: (found) => {
        expectUnchanged(data)
        expectAll(data, fitted, found)
      },
    })
    if (publicFiles !== undefined) await copyPublicFiles(publicFiles, existing)
    progress.line(
      'Moved in. Every record was compared with its original, every file by its checksum, or by its size beyond 8 MiB:',
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
    progress.line(adviceAfter(settings, report))
    const isComplete = fitted.refused.length + report.refused.length + missing.size === 0
    return isComplete ? 0 : incompleteStatus
  } catch (error) {
    throw target.location === 'remote' && isOutdated(error) ? outdated(error) : error
  } finally {
    await close()
  }
}

/** The local database is brought up to date before; that of a deployment goes with its code. */
function isOutdated(error: unknown): boolean {
  return error instanceof Error && /no such (?:table|column)/.test(error.message)
}

function outdated(cause: unknown): UsageError {
  return new UsageError('The deployed database is not up to date. First: npm run deploy', { cause })
}

function expectNothing({ collections, records }: ExistingContent): void {
  if (collections.length === 0 && records === 0) return
  const found = [
    ...(records > 0 ? [counted(records, 'record')] : []),
    ...(collections.length > 0
      ? [`the ${collections.length === 1 ? 'collection' : 'collections'} ${collections.join(', ')}`]
      : []),
  ]
  throw new UsageError(
    `There is something in this Arete already: ${found.join(', and ')}. An import replaces all of it. ` +
      'If that is what you want: --replace',
  )
}

function expectUnchanged(data: PocketBaseData): void {
  if (data.isUnchanged()) return
  throw new UsageError(
    'PocketBase has written to its folder in the meantime. Nothing was changed here: stop it, then try again.',
  )
}

/** A check that shares nothing with the way in which records are read. */
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
        `The file ${name} of the record ${record} of ${collection}: ${isSafe ? 'it is not in the folder.' : 'its name leads elsewhere.'}`,
    ),
    ...(publicFiles?.notes ?? []),
  ]
  progress.list('Not taken, because it could not be:', losses)
  progress.list('Not as it was:', [...settings.notes, ...fitted.notes])
  const unused =
    unnamed > 0 ? [`${counted(unnamed, 'file')} that no record that was taken names.`] : []
  progress.list('Left behind, because Arete has no use for it:', [...unused, ...data.notImported])
}

function adviceAfter({ settings }: ReadSettings, { records }: LoadReport): string {
  const superusers = records.find(({ collection }) => collection === '_superusers')?.count ?? 0
  return [
    'Everybody signs in once more, with the password of old.',
    superusers > 0
      ? 'The superusers are those of PocketBase.'
      : 'There is no superuser. Make one: npm run superuser -- upsert EMAIL PASSWORD',
    ...(settings?.rateLimits.enabled === false
      ? [
          'Rate limits are off, as they were: turn them on in the settings, so that nobody can guess passwords unhindered.',
        ]
      : []),
  ].join('\n')
}

await runCommand(
  (args, folder) => run(parseImportArguments(args, folder)),
  'Interrupted. Start it again to go on.',
)
