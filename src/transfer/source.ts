/*
 * What a deployment can be loaded from: another deployment, an archive of one, a PocketBase. A source
 * gives everything in pieces of bounded size, so that nothing has to be in memory as a whole.
 */
import type { CollectionDefinition } from '#catalog/definition.ts'
import type { Settings } from '#settings/settings.ts'
import type { StoredValue } from './stored-value.ts'

/** A record's columns, by the names of its fields; those that are missing have their defaults. */
export type StoredRow = Readonly<Record<string, StoredValue>>

/** A row and where it stands among those of its collection. */
export interface RowWithId {
  /** Its `rowid`: rows are in the order in which they were made. */
  readonly rowId: bigint
  readonly values: StoredRow
}

/** Before the first row of any collection. */
export const beforeAllRows = -(2n ** 63n)

/** A file that a record names. */
export interface SourceFile {
  /** `<collection id>/<record id>/<name>`. */
  readonly key: string
  readonly sizeBytes: number
  readonly contentType: string | undefined
  /** What its uploader called it. */
  readonly originalName: string | undefined
  /** The content, from the beginning. */
  read(): AsyncIterable<Uint8Array>
  /** The MD5 of the content, in hexadecimal digits; undefined when the source cannot tell. */
  md5(): Promise<string | undefined>
}

/** A whole back end, to be read. */
export interface Source {
  /** All definitions, secrets included, in the order in which they were made. */
  readonly definitions: readonly CollectionDefinition[]
  /** Undefined when they are not known. */
  readonly settings: Settings | undefined
  /**
   * Rows of a base or auth collection behind a place, in order: at most so many, fewer when they are
   * large, and none at the end.
   */
  rows(
    definition: CollectionDefinition,
    after: bigint,
    limit: number,
  ): Promise<readonly RowWithId[]>
  /** Every file that a record names, and that is there. */
  files(): AsyncIterable<SourceFile>
}

/** Rows that are asked for at a time. */
const pageRows = 1000

/** The rows of a collection behind a place, one after the other. */
export async function* rowsOf(
  { rows }: Pick<Source, 'rows'>,
  definition: CollectionDefinition,
  after: bigint = beforeAllRows,
): AsyncGenerator<RowWithId, undefined> {
  let rowId = after
  for (;;) {
    const page = await rows(definition, rowId, pageRows)
    yield* page
    const last = page.at(-1)
    if (last === undefined) return undefined
    rowId = last.rowId
  }
}
