import { constants, type DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Row } from '#database/batch.ts'
import type {
  Database,
  PreparedStatement,
  RawDatabase,
  StatementResult,
} from '#platform/bindings.ts'
import { boundValue } from './bound-value.ts'
import { countParameters } from './count-parameters.ts'
import { createRowReader, plainValue, type RowReader } from './row-reader.ts'
import type { SharedFile } from './host-thread.ts'
import { judgeAction, newActions, type StatementActions } from './sqlite-authorizer.ts'
import { bindingsError, toD1Error } from './sqlite-errors.ts'
import { StatementCache } from './statement-cache.ts'
import { onlyWriter, type QueuedWrite, WriteQueue } from './write-queue.ts'

/** A statement of SQLite, compiled for one state of the schema. */
interface Compiled {
  readonly statement: StatementSync
  readonly actions: StatementActions
  /** The schema it was compiled for, by the count of changes. */
  readonly epoch: number
  /** The text after this statement. */
  readonly rest: string
  readonly returnsRows: boolean
  /** `node:sqlite` binds NULL where a value is missing. */
  readonly parameters: number
  reader: RowReader | undefined
}

/** A text, compiled when it first runs: like D1, `prepare` never fails. */
interface Prepared {
  readonly sql: string
  compiled: Compiled | undefined
}

/** A statement with its parameters. */
class BoundStatement implements PreparedStatement {
  readonly #database: NodeDatabase
  readonly prepared: Prepared
  readonly values: readonly SQLInputValue[]

  constructor(database: NodeDatabase, prepared: Prepared, values: readonly SQLInputValue[]) {
    this.#database = database
    this.prepared = prepared
    this.values = values
  }

  bind(...values: unknown[]): BoundStatement {
    return new BoundStatement(this.#database, this.prepared, values.map(boundValue))
  }

  async raw(options: { columnNames: true }): Promise<unknown[][]> {
    return await this.#database.raw(this, options)
  }
}

/** A batch that writes, until it is committed or undone. */
interface Write extends QueuedWrite {
  readonly statements: readonly BoundStatement[]
  readonly resolve: (results: StatementResult[]) => void
  readonly reject: (error: unknown) => void
}

/** The result of a write in a group that is not committed yet. */
type Outcome = { readonly results: StatementResult[] } | { readonly error: unknown }

/** Compiled statements that are kept are at most twice as many. */
const cachedStatements = 500

/** Transactions and savepoints, which SQLite compiles again when the schema changes. */
const ownActions: ReadonlySet<number> = new Set([
  constants.SQLITE_TRANSACTION,
  constants.SQLITE_SAVEPOINT,
])

/** Captured, because tests replace the clock of their process. */
const { setImmediate: afterPoll } = globalThis

const noChanges = { rows_written: 0, changes: 0 }

/**
 * A database file with the interface of D1: what a batch returns, how it fails and what it refuses is
 * the same. SQLite runs in this thread, so batches never mix. Those that only read are answered at once, and
 * share a transaction with others of the same pass of the event loop, because its two system calls cost as
 * much as a small read. A commit of any thread ends it, so a read sees whatever was committed before
 * it arrived; it sees commits of other processes from the next pass on. Batches that write wait for their turn, and are committed together with others that wait: a commit costs
 * as much as a small write.
 *
 * `meta` has no `rows_read`: SQLite as Node builds it does not count them.
 */
export class NodeDatabase implements Database, RawDatabase {
  readonly #sqlite: DatabaseSync
  readonly #cache = new StatementCache<Prepared>(cachedStatements)
  readonly #begin: StatementSync
  readonly #beginWrite: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #savepoint: StatementSync
  readonly #rollbackToSavepoint: StatementSync
  readonly #release: StatementSync
  readonly #writes: WriteQueue<Write>
  /** Notes what the statement that is being compiled does. */
  #actions: StatementActions = newActions()
  /** True while a text from outside is being compiled. */
  #isCompiling = false
  /** True while a PRAGMA of this class is being run. */
  #isDroppingCache = false
  /** Counts the changes of the schema, also of other threads. */
  readonly #epochs: Int32Array
  /** Counts the commits of all threads. */
  readonly #commits: Int32Array
  /** The open transaction that reads share, by the counts at its beginning. */
  #reading: { readonly commits: number; readonly epoch: number } | undefined
  /** True while integers beyond 2^53 are read. */
  #isExact = false

  /**
   * Takes the database over: from then on, its authorizer refuses what D1 refuses.
   *
   * @param shared what the threads that write to the file share
   */
  constructor(
    sqlite: DatabaseSync,
    { turns, epoch, commits }: SharedFile = {
      turns: onlyWriter,
      epoch: new Int32Array(1),
      commits: new Int32Array(1),
    },
  ) {
    this.#epochs = epoch
    this.#commits = commits
    this.#sqlite = sqlite
    this.#begin = sqlite.prepare('BEGIN')
    this.#beginWrite = sqlite.prepare('BEGIN IMMEDIATE')
    this.#commit = sqlite.prepare('COMMIT')
    this.#rollback = sqlite.prepare('ROLLBACK')
    this.#savepoint = sqlite.prepare('SAVEPOINT "write"')
    this.#rollbackToSavepoint = sqlite.prepare('ROLLBACK TO "write"')
    this.#release = sqlite.prepare('RELEASE "write"')
    this.#writes = new WriteQueue(turns, (group) => this.#runGroup(group))
    sqlite.enableDefensive(true)
    sqlite.setAuthorizer((code, first, second) =>
      (ownActions.has(code) && !this.#isCompiling) || this.#isDroppingCache
        ? constants.SQLITE_OK
        : judgeAction(this.#actions, code, first, second),
    )
  }

  /** Drops the pages that are in memory. They are read again when they are needed. */
  dropCache(): void {
    this.#endReading()
    this.#isDroppingCache = true
    try {
      this.#sqlite.exec('PRAGMA shrink_memory')
    } finally {
      this.#isDroppingCache = false
    }
  }

  prepare(sql: string): BoundStatement {
    let prepared = this.#cache.get(sql)
    if (prepared === undefined) {
      prepared = { sql, compiled: undefined }
      this.#cache.set(sql, prepared)
    }
    return new BoundStatement(this, prepared, [])
  }

  batch(statements: PreparedStatement[]): Promise<StatementResult[]> {
    const bound = statements as BoundStatement[]
    if (this.#reading?.commits !== this.#commitCount) this.#endReading()
    const kind = this.#kindOf(bound)
    if (kind !== 'read') {
      return new Promise((resolve, reject) => {
        const [size, isAlone] = [bound.length, kind === 'alone']
        this.#writes.add({ statements: bound, size, isAlone, resolve, reject })
      })
    }
    try {
      return Promise.resolve(this.#roundingIntegers(() => this.#read(bound)))
    } catch (error) {
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- it is the error of SQLite
      return Promise.reject(toD1Error(error))
    }
  }

  /** Runs a statement by itself. The first list holds the names of the columns. */
  async raw(
    { prepared, values }: BoundStatement,
    _options: { columnNames: true },
  ): Promise<unknown[][]> {
    this.#endReading()
    try {
      const compiled = this.#compile(prepared)
      const { statement } = compiled
      expectValues(compiled, values)
      const lists = this.#roundingIntegers(() => this.#readLists(statement, values))
      return [namesOf(statement), ...lists.map((list) => list.map(plainValue))]
    } catch (error) {
      throw toD1Error(error)
    }
  }

  #read(statements: readonly BoundStatement[]): StatementResult[] {
    // A read of one statement needs no transaction: it is one.
    if (statements.length > 1) this.#beginReading()
    try {
      return statements.map((statement) => this.#run(statement))
    } catch (error) {
      // Some errors undo the transaction.
      this.#endReading()
      throw error
    }
  }

  #beginReading(): void {
    if (this.#reading !== undefined) return
    // Counted first: a commit in between ends the transaction too early, not too late.
    const reading = { commits: this.#commitCount, epoch: this.#epoch }
    this.#begin.run()
    this.#reading = reading
    afterPoll(this.#endReading)
  }

  readonly #endReading = (): void => {
    if (this.#reading === undefined) return
    const { epoch } = this.#reading
    this.#reading = undefined
    if (this.#sqlite.isOpen && this.#sqlite.isTransaction) this.#commit.run()
    this.#distrustCompiled(epoch)
  }

  #write(statements: readonly BoundStatement[]): StatementResult[] {
    const epoch = this.#epoch
    this.#beginWrite.run()
    try {
      const results = statements.map((statement) => this.#run(statement))
      this.#commitWrites()
      return results
    } catch (error) {
      this.#undo()
      throw error
    } finally {
      this.#distrustCompiled(epoch)
    }
  }

  #commitWrites(): void {
    this.#commit.run()
    Atomics.add(this.#commits, 0, 1)
  }

  get #commitCount(): number {
    return Atomics.load(this.#commits, 0)
  }

  /**
   * Has statements compiled again if the schema has changed since a transaction began: those that it compiled for
   * tables that are gone again, and those that another thread has compiled for tables that were there until the
   * commit.
   */
  #distrustCompiled(epoch: number): void {
    if (this.#epoch !== epoch) this.#countSchemaChange()
  }

  get #epoch(): number {
    return Atomics.load(this.#epochs, 0)
  }

  #countSchemaChange(): void {
    Atomics.add(this.#epochs, 0, 1)
  }

  #undo(): void {
    // Some errors, such as a full disk, have undone the transaction already.
    if (this.#sqlite.isTransaction) this.#rollback.run()
  }

  #runGroup(group: readonly Write[]): void {
    this.#endReading()
    const outcomes = group.length > 1 ? this.#commitTogether(group) : undefined
    group.forEach((write, at) => {
      const outcome = outcomes?.[at] ?? this.#commitAlone(write)
      if ('error' in outcome) write.reject(toD1Error(outcome.error))
      else write.resolve(outcome.results)
    })
  }

  #commitAlone({ statements }: Write): Outcome {
    try {
      const results = this.#roundingIntegers(() => this.#write(statements))
      return { results }
    } catch (error) {
      return { error }
    }
  }

  /**
   * Runs writes in one transaction, in which each is undone by itself if it fails. Returns undefined if
   * the whole transaction was undone: then each must run alone, so that it has only its own errors.
   */
  #commitTogether(group: readonly Write[]): readonly Outcome[] | undefined {
    try {
      this.#beginWrite.run()
    } catch (error) {
      // Another process writes, and each would wait as long.
      return group.map(() => ({ error }))
    }
    try {
      const outcomes = group.map((write) => this.#runInGroup(write))
      this.#commitWrites()
      return outcomes
    } catch {
      this.#undo()
      return undefined
    }
  }

  /** @throws What makes the whole transaction fail. */
  #runInGroup({ statements }: Write): Outcome {
    this.#savepoint.run()
    try {
      const results = this.#roundingIntegers(() => this.#runOrUndo(statements))
      this.#release.run()
      return { results }
    } catch (error) {
      if (!this.#sqlite.isTransaction) throw error
      this.#release.run()
      return { error }
    }
  }

  #runOrUndo(statements: readonly BoundStatement[]): StatementResult[] {
    try {
      return statements.map((statement) => this.#run(statement))
    } catch (error) {
      if (this.#sqlite.isTransaction) this.#rollbackToSavepoint.run()
      throw error
    }
  }

  /**
   * Tells writes that must not share a transaction: changes of the schema, PRAGMAs, which hold until its end, and
   * what cannot be compiled yet, because it may need a table that the batch is to create.
   */
  #kindOf(statements: readonly BoundStatement[]): 'read' | 'write' | 'alone' {
    let writes = false
    for (const { prepared } of statements) {
      const compiled = this.#compileIfPossible(prepared)
      if (compiled === undefined || compiled.rest !== '' || compiled.actions.isAlone) return 'alone'
      writes ||= compiled.actions.writes
    }
    return writes ? 'write' : 'read'
  }

  #compileIfPossible(prepared: Prepared): Compiled | undefined {
    try {
      return this.#compile(prepared)
    } catch {
      return undefined
    }
  }

  /** Runs all statements of a text and returns the result of the last, as D1 does. */
  #run({ prepared, values }: BoundStatement): StatementResult {
    let compiled = this.#compile(prepared)
    let result = this.#runCompiled(compiled, values)
    while (compiled.rest !== '') {
      compiled = this.#compileText(compiled.rest)
      result = this.#runCompiled(compiled, values)
    }
    return result
  }

  #runCompiled(compiled: Compiled, values: readonly SQLInputValue[]): StatementResult {
    const { statement, actions, returnsRows } = compiled
    expectValues(compiled, values)
    if (!actions.writes) {
      return { results: this.#readRows(compiled, values), meta: noChanges }
    }
    const results = returnsRows ? this.#readRows(compiled, values) : []
    const changes = returnsRows ? results.length : Number(statement.run(...values).changes)
    if (actions.changesSchema) this.#countSchemaChange()
    return { results, meta: { rows_written: changes, changes } }
  }

  #readRows(compiled: Compiled, values: readonly SQLInputValue[]): Row[] {
    const lists = this.#readLists(compiled.statement, values)
    if (lists.length === 0) return []
    compiled.reader ??= createRowReader(namesOf(compiled.statement))
    return compiled.reader(lists)
  }

  #readLists(statement: StatementSync, values: readonly SQLInputValue[]): unknown[][] {
    // The option `returnArrays` of the database makes each row a list.
    if (!this.#isExact) return statement.all(...values) as unknown as unknown[][]
    statement.setReadBigInts(true)
    try {
      const lists = statement.all(...values) as unknown as unknown[][]
      return lists.map((list) => list.map(plainValue))
    } finally {
      statement.setReadBigInts(false)
    }
  }

  #compile(prepared: Prepared): Compiled {
    const { compiled } = prepared
    // SQLite obeys a PRAGMA when it compiles it, which must be in its transaction.
    const isKept = compiled?.epoch === this.#epoch && !compiled.actions.isAlone
    if (isKept) return compiled
    return (prepared.compiled = this.#compileText(prepared.sql))
  }

  #compileText(sql: string): Compiled {
    const actions = newActions()
    const statement = this.#compileNoting(actions, sql)
    // SQLite compiles the first statement of a text only.
    const rest = sql.slice(statement.sourceSQL.length).replace(/^[\s;]+/, '')
    const returnsRows = statement.columns().length > 0
    const parameters = countParameters(rest === '' ? sql : statement.sourceSQL)
    const epoch = this.#epoch
    return { statement, actions, epoch, rest, returnsRows, parameters, reader: undefined }
  }

  #compileNoting(actions: StatementActions, sql: string): StatementSync {
    this.#actions = actions
    this.#isCompiling = true
    try {
      return this.#sqlite.prepare(sql)
    } finally {
      this.#isCompiling = false
    }
  }

  /**
   * Repeats a transaction that SQLite undid, or a read, because it returned an integer beyond 2^53. D1
   * rounds such a number; `node:sqlite` throws unless it reads all integers as bigints, which is slow.
   */
  #roundingIntegers<T>(run: () => T): T {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE'))
        throw error
      this.#isExact = true
      try {
        return run()
      } finally {
        this.#isExact = false
      }
    }
  }
}

function expectValues({ parameters }: Compiled, values: readonly SQLInputValue[]): void {
  if (values.length < parameters) throw bindingsError()
}

function namesOf(statement: StatementSync): string[] {
  return statement.columns().map(({ name }) => name)
}
