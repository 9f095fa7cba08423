/*
 * The command behind `npm run export`.
 */
import { existsSync, readdirSync } from 'node:fs'
import { deploymentSource } from '#transfer/deployment-source.ts'
import type { NamedFile } from '#transfer/named-files.ts'
import { type PlacedRow, rowsOf, type Source } from '#transfer/source.ts'
import { createCatalogCache } from '#collections/catalog-cache.ts'
import type { CollectionDefinition } from '#collections/definition.ts'
import { isView } from '#collections/derive-views.ts'
import { defaultSettings } from '#settings/defaults.ts'
import { openSecrets } from '#settings/secrets.ts'
import { openDeployment } from './deployment.ts'
import { type ExportCommand, exportHelp, parseExportArguments } from './export-arguments.ts'
import { beginFolder, type FolderWriter, unfinished } from './pocketbase/write-folder.ts'
import { createProgress, type Progress } from './progress.ts'
import { knownSettingsKeys } from './settings-key.ts'
import { atExit } from './at-exit.ts'
import { targetName } from './target-arguments.ts'
import { incompleteStatus, runCommand } from './run-command.ts'
import { UsageError } from './usage.ts'

/** Rows that are written at a time. */
const pageRows = 100

async function run(command: ExportCommand): Promise<number> {
  if (command.action === 'help') {
    process.stdout.write(exportHelp)
    return 0
  }
  const { folder, target } = command
  expectEmpty(folder)
  const progress = createProgress(process.stdout)
  progress.line(`Out of ${targetName(target)}.`)
  const { db, files: bucket, close } = await openDeployment(target)
  try {
    const catalog = await createCatalogCache().current(db)
    const missing: NamedFile[] = []
    const source = deploymentSource({ db, bucket, catalog }, (file) => missing.push(file))
    const keys = await knownSettingsKeys(target.location)
    const { settings, unreadable } = await openSecrets(keys, catalog.settings)
    const strangers = await writeFolder(folder, { ...source, settings }, progress)
    tell(folder, { strangers, missing, unreadable }, progress)
    return missing.length + unreadable.length > 0 ? incompleteStatus : 0
  } finally {
    progress.end()
    await close()
  }
}

function expectEmpty(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : []
  if (names.length === 0) return
  if (names.includes(unfinished)) {
    throw new UsageError(
      `An export into ${folder} was interrupted. Remove what it left there, or name another folder.`,
    )
  }
  throw new UsageError(`${folder} is not empty. Name a folder that is, or that is not there yet.`)
}

/** Writes everything; gives the accounts whose passwords PocketBase cannot check. */
async function writeFolder(
  folder: string,
  source: Source,
  progress: Progress,
): Promise<readonly string[]> {
  const writer = await beginFolder(folder)
  const stay = atExit(() => writer.abandon())
  try {
    writer.define(source.definitions, source.settings ?? defaultSettings)
    const strangers: string[] = []
    for (const definition of source.definitions) {
      if (isView(definition)) continue
      strangers.push(...(await writeRows(writer, source, definition, progress)))
    }
    await writeFiles(writer, source, progress)
    await writer.finish()
    return strangers
  } catch (error) {
    writer.abandon()
    throw error
  } finally {
    stay()
  }
}

async function writeRows(
  writer: FolderWriter,
  source: Source,
  definition: CollectionDefinition,
  progress: Progress,
): Promise<readonly string[]> {
  const strangers: string[] = []
  let count = 0
  let page: PlacedRow[] = []
  const writePage = (): void => {
    writer.insert(definition, page)
    count += page.length
    page = []
    progress.step(`Records of ${definition.name}`, count, 0)
  }

  for await (const row of rowsOf(source, definition)) {
    if (isOwnCode(definition, row)) continue
    const stranger = strangerIn(definition, row)
    if (stranger !== undefined) strangers.push(stranger)
    page.push(row)
    if (page.length === pageRows) writePage()
  }
  if (page.length > 0) writePage()
  return strangers
}

/** A one-time code is kept in a form of Arete's own, and good for minutes. */
function isOwnCode({ name }: CollectionDefinition, { values }: PlacedRow): boolean {
  return name === '_otps' && String(values['password']).startsWith('hmac-sha256:')
}

/** An account with a kind of password hash that PocketBase does not know. */
function strangerIn(
  { name, type }: CollectionDefinition,
  { values }: PlacedRow,
): string | undefined {
  if (type !== 'auth' || !String(values['password']).startsWith('$argon2')) return undefined
  return `${String(values['email'] || values['id'])} of ${name}`
}

async function writeFiles(writer: FolderWriter, source: Source, progress: Progress): Promise<void> {
  let count = 0
  for await (const file of source.files()) {
    const { contentType, originalName } = file
    const written = await writer.writeFile(file.key, file.read(), { contentType, originalName })
    if (written !== file.sizeBytes)
      throw new Error(`The file ${file.key} changed while it was read.`)
    count++
    progress.step('Files', count, 0)
  }
}

interface Shortcomings {
  /** Accounts whose passwords PocketBase cannot check. */
  readonly strangers: readonly string[]
  readonly missing: readonly NamedFile[]
  /** Settings whose secrets could not be read. */
  readonly unreadable: readonly string[]
}

/** There may be as many as there are accounts. */
const shownStrangers = 50

function tell(
  folder: string,
  { strangers, missing, unreadable }: Shortcomings,
  progress: Progress,
): void {
  progress.line(
    `Moved out. PocketBase starts with it: pocketbase serve --dir=${JSON.stringify(folder)}`,
  )
  progress.list(
    `${strangers.length} accounts cannot sign in with their passwords, which were set in Arete. They ask for a new one by mail; a superuser gets one by pocketbase superuser upsert EMAIL PASSWORD:`,
    strangers,
    shownStrangers,
  )
  const files = missing.map(
    ({ collection, record, name }) => `The file ${name} of the record ${record} of ${collection}.`,
  )
  progress.list('Not taken, because it is not there:', files)
  progress.list(
    'Not taken, because it is sealed. To take it too: SETTINGS_KEY=KEY npm run export -- FOLDER',
    unreadable.map((path) => `The setting ${path}.`),
  )
}

await runCommand(
  (args, folder) => run(parseExportArguments(args, folder)),
  'Interrupted. What was written is removed.',
)
