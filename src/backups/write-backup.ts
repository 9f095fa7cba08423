/*
 * Writes an archive of the deployment in steps. Progress is saved at the end of a step. A step that
 * fails is repeated from its start.
 */
import type { Catalog } from '#catalog/catalog.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { isView } from '#collections/views/derive-views.ts'
import { joined } from '#kernel/bytes.ts'
import { formatDate } from '#kernel/dates.ts'
import type { Bucket, Database } from '#platform/bindings.ts'
import type { StepStorage } from '#platform/step-storage.ts'
import type { Settings } from '#settings/settings.ts'
import {
  archiveFormat,
  definitionsName,
  digestOf,
  fileName,
  type Manifest,
  manifestName,
  pageName,
  settingsName,
} from './archive-layout.ts'
import { encodePage } from './archive-rows.ts'
import { ArchiveWriter, type WriterState } from './archive-writer.ts'
import { deploymentSource, findFile } from '#transfer/deployment-source.ts'
import { factorTables, isFactorTable, type Seeds } from '#transfer/factor-tables.ts'
import { historyTables, isHistoryTable } from '#transfer/history-tables.ts'
import { filesNamedIn } from '#transfer/named-files.ts'
import { beforeAllRows, type Source } from '#transfer/source.ts'
import { StepBudget, type StepLimits, StepOverError } from './step-budget.ts'
import { type BackupContent, type LeftOut, maxNamed, unrestorable } from './backup-report.ts'
import type { ZipEntry } from './zip-format.ts'

/** Dependencies of a backup. */
export interface BackupPorts {
  readonly db: Database
  readonly bucket: Bucket
  readonly storage: StepStorage
  readonly catalog: Catalog
  /** The settings with secrets in plain text, since the archive may be restored elsewhere. */
  readonly settings: Settings
  /** Opens the seeds of second factors. */
  readonly seeds: Seeds
  /** Limits of a step. The default is what the platform allows. */
  readonly limits?: StepLimits
}

/** The progress of a backup. */
interface Progress {
  readonly revision: number
  readonly created: string
  readonly writer: WriterState
  /** The number of saved chunks of the unfinished part and of the directory. */
  readonly restPieces: number
  readonly directoryPieces: number
  /** The index of the current collection. */
  readonly collection: number
  /** The id of its last written row, in digits. */
  readonly rowId: string
  /** Files of the last page that are not written yet. */
  readonly pending: readonly string[]
  readonly records: Manifest['records']
  readonly files: Manifest['files']
  /** Rows of second factors. Absent in the state of an earlier version. */
  readonly factors?: number
  /** Rows of the history. Absent in the state of an earlier version, which does not write it. */
  readonly history?: number
  readonly missing: readonly string[]
  /** Absent in the state of an earlier version. */
  readonly leftOut?: readonly LeftOut[]
  readonly isComplete: boolean
}

const progressKey = 'backup'
/** Maximum rows of a page; fewer if they are large. */
const maxPageRows = 1000
/** The size of saved chunks. A stored value may be twice as large. */
const pieceBytes = 1024 * 1024

/**
 * Runs one step of a backup. Returns its content once it is complete.
 *
 * @throws {Error} If the definitions have changed since the first step.
 */
export async function stepBackup(
  ports: BackupPorts,
  key: string,
): Promise<BackupContent | undefined> {
  const { storage, bucket, catalog } = ports
  const known = await storage.get<Progress>(progressKey)
  if (known?.isComplete === true && (await bucket.head(key)) !== null) return contentOf(known)
  if (known !== undefined && known.revision !== catalog.revision) {
    await bucket.resumeMultipartUpload(key, known.writer.uploadId).abort()
    throw new Error('The definitions changed while they were read. Try again.')
  }
  const step = await BackupStep.open(ports, key, known)
  return await step.run()
}

/** Discards an incomplete backup. */
export async function abandonBackup(
  { storage, bucket }: Pick<BackupPorts, 'storage' | 'bucket'>,
  key: string,
): Promise<void> {
  const known = await storage.get<Progress>(progressKey)
  if (known === undefined || known.isComplete) return
  await bucket.resumeMultipartUpload(key, known.writer.uploadId).abort()
}

function contentOf({ records, files, missing, leftOut = [] }: Progress): BackupContent {
  return { records, files, missing: missing.slice(0, maxNamed), leftOut }
}

class BackupStep {
  readonly #ports: BackupPorts
  readonly #source: Source
  readonly #writer: ArchiveWriter
  /**
   * The history, all collections with records, and the tables of second factors. A data migration that
   * runs meanwhile is then at most further in the records than in its entry, and takes the steps again.
   */
  readonly #tables: readonly CollectionDefinition[]
  readonly #budget: StepBudget
  #progress: Progress
  #pending: string[]
  readonly #missing: string[]
  readonly #leftOut: LeftOut[]

  private constructor(ports: BackupPorts, writer: ArchiveWriter, progress: Progress) {
    this.#ports = ports
    this.#budget = new StepBudget(ports.limits)
    this.#source = deploymentSource(ports, () => {})
    const stored = this.#source.definitions.filter((definition) => !isView(definition))
    const history = progress.history === undefined ? [] : historyTables
    this.#tables = [...history, ...stored, ...factorTables]
    this.#writer = writer
    this.#progress = progress
    this.#pending = [...progress.pending]
    this.#missing = [...progress.missing]
    this.#leftOut = [...(progress.leftOut ?? [])]
  }

  static async open(
    ports: BackupPorts,
    key: string,
    known: Progress | undefined,
  ): Promise<BackupStep> {
    const { bucket, catalog, settings, storage } = ports
    if (known !== undefined) {
      const rest = await loadPieces(storage, 'rest', known.restPieces)
      return new BackupStep(ports, ArchiveWriter.resume(bucket, known.writer, rest), known)
    }
    const writer = await ArchiveWriter.begin(bucket, key)
    const definitions = catalog.collections.all.map(({ definition }) => definition)
    await writer.add(definitionsName, textBytes(JSON.stringify(definitions)))
    await writer.add(settingsName, textBytes(JSON.stringify(settings)))
    return new BackupStep(ports, writer, {
      revision: catalog.revision,
      created: formatDate(new Date()),
      writer: writer.state.state,
      restPieces: 0,
      directoryPieces: 0,
      collection: 0,
      rowId: String(beforeAllRows),
      pending: [],
      records: {},
      files: { count: 0, bytes: 0 },
      history: 0,
      missing: [],
      leftOut: [],
      isComplete: false,
    })
  }

  async run(): Promise<BackupContent | undefined> {
    try {
      await this.#writeFiles()
      while (this.#progress.collection < this.#tables.length) {
        await this.#writePage()
        await this.#writeFiles()
      }
    } catch (error) {
      if (!(error instanceof StepOverError)) throw error
      await this.#keep({})
      return undefined
    }
    return await this.#complete()
  }

  async #writePage(): Promise<void> {
    const { collection, rowId, records } = this.#progress
    const definition = this.#tables[collection]
    if (definition === undefined) return
    this.#budget.call()
    const rows = await this.#source.rows(definition, BigInt(rowId), maxPageRows)
    const last = rows.at(-1)
    const counts = isFactorTable(definition)
      ? { factors: (this.#progress.factors ?? 0) + rows.length }
      : isHistoryTable(definition)
        ? { history: (this.#progress.history ?? 0) + rows.length }
        : {
            records: {
              ...records,
              [definition.name]: (records[definition.name] ?? 0) + rows.length,
            },
          }
    if (last === undefined) {
      this.#progress = {
        ...this.#progress,
        collection: collection + 1,
        rowId: String(beforeAllRows),
        ...counts,
      }
      return
    }
    const page = textBytes(encodePage(rows))
    this.#budget.spend(page.length)
    await this.#writer.add(pageName(definition.id, last.rowId), page)
    const named = rows.flatMap(filesNamedIn(definition) ?? (() => []))
    this.#pending = named.filter(({ isSafe }) => isSafe).map(({ key }) => key)
    const leftOut = rows.flatMap((row) => unrestorable(definition, row))
    this.#leftOut.push(...leftOut.slice(0, maxNamed - this.#leftOut.length))
    this.#progress = {
      ...this.#progress,
      rowId: String(last.rowId),
      ...counts,
    }
  }

  async #writeFiles(): Promise<void> {
    for (let key = this.#pending[0]; key !== undefined; key = this.#pending[0]) {
      this.#budget.call()
      const file = await findFile(this.#ports.bucket, key)
      if (file === undefined) this.#missing.push(key)
      else {
        this.#budget.spend(file.sizeBytes)
        this.#budget.finishingCall()
        const { contentType, originalName, sizeBytes } = file
        const comment = JSON.stringify({ contentType, originalName, md5: await file.md5() })
        await this.#writer.addStream(fileName(key), sizeBytes, file.read(), comment)
        const { count, bytes } = this.#progress.files
        const files = { count: count + 1, bytes: bytes + sizeBytes }
        this.#progress = { ...this.#progress, files }
      }
      this.#pending.shift()
    }
  }

  /** Saves all changes or none. */
  async #keep(change: Partial<Progress>): Promise<void> {
    const { storage } = this.#ports
    const { state, rest } = this.#writer.state
    const restPieces = piecesOf(rest)
    const entries = textBytes(
      this.#writer.entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
    )
    const added = piecesOf(entries)
    const before = this.#progress.directoryPieces
    await storage.put({
      ...Object.fromEntries(restPieces.map((piece, n) => [pieceKey('rest', n), piece])),
      ...Object.fromEntries(
        added.map((piece, n) => [pieceKey('directory', before + n), piece] as const),
      ),
      [progressKey]: {
        ...this.#progress,
        pending: this.#pending,
        missing: this.#missing,
        leftOut: this.#leftOut,
        writer: state,
        restPieces: restPieces.length,
        directoryPieces: before + added.length,
        ...change,
      } satisfies Progress,
    })
  }

  async #complete(): Promise<BackupContent> {
    const { storage, catalog } = this.#ports
    const { created, records, files, factors = 0, history } = this.#progress
    const manifest: Manifest = {
      format: archiveFormat,
      created,
      appName: catalog.settings.meta.appName,
      records,
      files,
      factors,
      ...(history === undefined ? {} : { history }),
      missing: this.#missing,
      leftOut: this.#leftOut,
      digest: await digestOf(this.#allEntries()),
    }
    await this.#writer.add(manifestName, textBytes(JSON.stringify(manifest)))
    await this.#writer.complete(this.#allEntries())
    const progress = {
      ...this.#progress,
      missing: this.#missing,
      leftOut: this.#leftOut,
      isComplete: true,
    } satisfies Progress
    await storage.put({ [progressKey]: progress })
    return contentOf(progress)
  }

  /** The entries of all steps, with one chunk in memory at a time. */
  async *#allEntries(): AsyncGenerator<ZipEntry> {
    const decoder = new TextDecoder()
    let text = ''
    for (let n = 0; n < this.#progress.directoryPieces; n++) {
      const piece = await this.#ports.storage.get<Uint8Array>(pieceKey('directory', n))
      const lines = (text + decoder.decode(piece, { stream: true })).split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) yield JSON.parse(line) as ZipEntry
    }
    yield* this.#writer.entries
  }
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function piecesOf(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    pieces.push(bytes.slice(at, at + pieceBytes))
  }
  return pieces
}

function pieceKey(kind: string, number: number): string {
  return `${kind}:${String(number).padStart(6, '0')}`
}

async function loadPieces(storage: StepStorage, kind: string, count: number): Promise<Uint8Array> {
  const pieces = await Promise.all(
    Array.from({ length: count }, (_, n) => storage.get<Uint8Array>(pieceKey(kind, n))),
  )
  return joined(pieces.map((piece) => piece ?? new Uint8Array()))
}
