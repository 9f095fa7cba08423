import { createHash } from 'node:crypto'
import { type Source, type SourceFile } from '#transfer/source.ts'
import type { CollectionDefinition } from '#collections/definition.ts'
import type { Settings } from '#settings/settings.ts'
import type { PocketBaseData } from './open-pocketbase.ts'
import { type RecordFile, recordFiles } from './record-files.ts'
import { rowsAfter } from './record-rows.ts'

/** What of a PocketBase goes into a deployment. */
export interface Selection {
  readonly definitions: readonly CollectionDefinition[]
  readonly settings: Settings | undefined
}

/** Of the bytes that are there: what PocketBase noted may be of others. */
async function md5Of(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('md5')
  for await (const chunk of content) hash.update(chunk)
  return hash.digest('hex')
}

/** A PocketBase as a source. Files that are missing are told at each reading, and left out. */
export function pocketBaseSource(
  { database, files }: Pick<PocketBaseData, 'database' | 'files'>,
  { definitions, settings }: Selection,
  onMissing: (file: RecordFile) => void,
): Source {
  return {
    definitions,
    settings,
    rows: (definition, after, limit) =>
      Promise.resolve(rowsAfter(database, definition, after, limit)),
    async *files() {
      for (const file of recordFiles(database, definitions)) {
        const found = file.isInside ? await files.find(file.path) : undefined
        if (found === undefined) {
          onMissing(file)
          continue
        }
        yield {
          key: file.path,
          sizeBytes: found.sizeBytes,
          contentType: found.attributes.contentType,
          originalName: found.attributes.originalName,
          read: () => files.read(file.path),
          md5: () => md5Of(files.read(file.path)),
        } satisfies SourceFile
      }
    },
  }
}
