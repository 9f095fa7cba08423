import { createHash } from 'node:crypto'
import type { NamedFile } from '#transfer/named-files.ts'
import type { Source, SourceFile } from '#transfer/source.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import type { Settings } from '#settings/settings.ts'
import type { PocketBaseData } from './open-pocketbase.ts'
import { recordFiles } from './record-files.ts'
import { rowsAfter } from './record-rows.ts'

/** The content to import from a PocketBase. */
export interface Selection {
  readonly definitions: readonly CollectionDefinition[]
  readonly settings: Settings | undefined
}

/** Computed from the actual bytes: PocketBase's record of it may be outdated. */
async function md5Of(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('md5')
  for await (const chunk of content) hash.update(chunk)
  return hash.digest('hex')
}

/** A PocketBase as a source. Missing files are left out, and reported on each read. */
export function pocketBaseSource(
  { database, files }: Pick<PocketBaseData, 'database' | 'files'>,
  { definitions, settings }: Selection,
  onMissing: (file: NamedFile) => void,
): Source {
  return {
    definitions,
    settings,
    hasFactors: false,
    hasHistory: false,
    rows: (definition, after, limit) =>
      Promise.resolve(rowsAfter(database, definition, after, limit)),
    async *files() {
      for (const file of recordFiles(database, definitions)) {
        const found = file.isSafe ? await files.find(file.key) : undefined
        if (found === undefined) {
          onMissing(file)
          continue
        }
        yield {
          key: file.key,
          sizeBytes: found.sizeBytes,
          contentType: found.attributes.contentType,
          originalName: found.attributes.originalName,
          read: () => files.read(file.key),
          md5: () => md5Of(files.read(file.key)),
        } satisfies SourceFile
      }
    },
  }
}
