/*
 * The source of a load: another deployment, an archive of one, or a PocketBase. It returns
 * everything in pages of bounded size, so that nothing must fit into memory as a whole.
 */
import type { CollectionDefinition } from '#catalog/definition.ts'
import type { Settings } from '#settings/settings.ts'
import type { StoredValue } from './stored-value.ts'

/** A record's columns, by field name. Missing ones have their defaults. */
export type StoredRow = Readonly<Record<string, StoredValue>>

/** A row and its row id. */
export interface RowWithId {
  /** Its `rowid`, which follows the order of creation. */
  readonly rowId: bigint
  readonly values: StoredRow
}

/** Smaller than every row id. */
export const beforeAllRows = -(2n ** 63n)

/** A file that a record names. */
export interface SourceFile {
  /** `<collection id>/<record id>/<name>`. */
  readonly key: string
  readonly sizeBytes: number
  readonly contentType: string | undefined
  /** The name it was uploaded with. */
  readonly originalName: string | undefined
  /** Streams the content. */
  read(): AsyncIterable<Uint8Array>
  /** The MD5 of the content in hexadecimal; undefined if the source does not know it. */
  md5(): Promise<string | undefined>
}

/** The content of a back end. */
export interface Source {
  /** All definitions with their secrets, in the order of creation. */
  readonly definitions: readonly CollectionDefinition[]
  /** Undefined if they are not known. */
  readonly settings: Settings | undefined
  /** True if it has the rows of `factorTables` too, with their seeds in plain text. */
  readonly hasFactors: boolean
  /** True if it has the rows of `historyTables` too. */
  readonly hasHistory: boolean
  /**
   * Reads rows of a base or auth collection, or of a described table, after a row id, in order: at most `limit`, fewer if
   * they are large, and none at the end.
   */
  rows(
    definition: CollectionDefinition,
    after: bigint,
    limit: number,
  ): Promise<readonly RowWithId[]>
  /** Every existing file that a record names. */
  files(): AsyncIterable<SourceFile>
}

/** Rows per page. */
const pageRows = 1000

/** Yields the rows of a collection after a row id. */
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
