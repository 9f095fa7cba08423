/* Exports a deployment as a data folder of PocketBase. */
import { deploymentSource } from '#transfer/deployment-source.ts'
import type { NamedFile } from '#transfer/named-files.ts'
import { type RowWithId, rowsOf, type Source } from '#transfer/source.ts'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { isView } from '#collections/views/derive-views.ts'
import { defaultSettings } from '#settings/defaults.ts'
import { openSecrets } from '#settings/secrets.ts'
import { atExit } from '#cli/terminal/at-exit.ts'
import { type DeploymentTarget, openOriginal } from '#cli/deployment/deployment.ts'
import { withoutSecurity } from './pocketbase/without-security.ts'
import { beginFolder, type FolderWriter } from './pocketbase/write-folder.ts'
import { createProgress, type Progress } from '#cli/terminal/progress.ts'
import { incompleteStatus } from '#cli/terminal/run-command.ts'
import { knownSettingsKeys } from '#cli/deployment/settings-key.ts'
import { targetName } from '#cli/deployment/target-arguments.ts'
import { counted } from '#cli/terminal/wording.ts'

/** Rows per INSERT. */
const pageRows = 100

/** Writes a data folder and reports what was left out. Returns the exit status. */
export async function exportDeployment(target: DeploymentTarget, folder: string): Promise<number> {
  const progress = createProgress(process.stdout)
  progress.line(`Out of ${targetName(target)}.`)
  const { db, files: bucket, close } = await openOriginal(target)
  try {
    const catalog = await createCatalogCache().current(db)
    const missing: NamedFile[] = []
    const source = deploymentSource({ db, bucket, catalog }, (file) => missing.push(file))
    const keys = await knownSettingsKeys(target)
    const { settings, unreadable } = await openSecrets(keys, catalog.settings)
    const strangers = await writeFolder(folder, { ...source, settings }, progress)
    const unprotected = source.definitions.flatMap((definition) =>
      withoutSecurity(definition).lost.map((what) => `${definition.name} loses ${what}.`),
    )
    tell(folder, { strangers, missing, unreadable, unprotected }, progress)
    return missing.length + unreadable.length > 0 ? incompleteStatus : 0
  } finally {
    progress.end()
    await close()
  }
}

/** Writes everything. Returns the accounts whose passwords PocketBase cannot check. */
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
  let page: RowWithId[] = []
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

/** A one-time code has a format of its own and expires within minutes. */
function isOwnCode({ name }: CollectionDefinition, { values }: RowWithId): boolean {
  return name === '_otps' && String(values['password']).startsWith('hmac-sha256:')
}

/** Finds an account whose password hash PocketBase does not support. */
function strangerIn(
  { name, type }: CollectionDefinition,
  { values }: RowWithId,
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
  /** The losses of each collection, because PocketBase does not have it. */
  readonly unprotected: readonly string[]
  /** Settings whose secrets could not be read. */
  readonly unreadable: readonly string[]
}

/** Maximum accounts in the list. There can be as many as there are accounts. */
const shownStrangers = 50

function tell(
  folder: string,
  { strangers, missing, unreadable, unprotected }: Shortcomings,
  progress: Progress,
): void {
  progress.line(
    `Export complete. Start PocketBase with it: pocketbase serve --dir=${JSON.stringify(folder)}`,
  )
  progress.list(
    `${counted(strangers.length, 'account')} cannot sign in to PocketBase with the same password, because Arete stores a stronger hash when a password is set or used. Users can reset their password by mail, superusers with pocketbase superuser upsert EMAIL PASSWORD:`,
    strangers,
    shownStrangers,
  )
  const files = missing.map(
    ({ collection, record, name, isSafe }) =>
      `The file ${name} of the record ${record} of ${collection}${isSafe ? '' : ': its name is unsafe'}.`,
  )
  progress.list('Left out because it is missing:', files)
  progress.list('Less protected, because PocketBase does not have it:', unprotected)
  progress.list(
    'Left out because it is encrypted. To include it: SETTINGS_KEY=KEY npm run export -- FOLDER',
    unreadable.map((path) => `The setting ${path}.`),
  )
}
