/* The product with bindings that record its calls, without its knowledge. */
import product from '#worker.ts'
import type { RecordedStatement, Recording } from './recording.ts'
import { recordingPath } from './recording.ts'

interface Bindings {
  readonly DB: D1Database
  readonly SESSIONS: KVNamespace
}

let recording = emptyRecording()
let recordingBindings: Bindings | undefined

function emptyRecording() {
  return { batches: [] as RecordedStatement[][], keys: [] as string[] } satisfies Recording
}

/** Records its SQL and parameters when it is sent in a batch. */
class RecordingStatement {
  readonly statement: D1PreparedStatement
  readonly recorded: RecordedStatement

  constructor(statement: D1PreparedStatement, recorded: RecordedStatement) {
    this.statement = statement
    this.recorded = recorded
  }

  bind(...params: unknown[]): RecordingStatement {
    return new RecordingStatement(this.statement.bind(...params), { ...this.recorded, params })
  }
}

function recordingDatabase(database: D1Database) {
  return {
    prepare: (sql: string) => new RecordingStatement(database.prepare(sql), { sql, params: [] }),
    batch(statements: RecordingStatement[]) {
      recording.batches.push(statements.map(({ recorded }) => recorded))
      return database.batch(statements.map(({ statement }) => statement))
    },
  }
}

function recordingStore(store: KVNamespace) {
  return {
    get(key: string) {
      recording.keys.push(key)
      return store.get(key)
    },
    put: store.put.bind(store),
    delete: store.delete.bind(store),
    list: store.list.bind(store),
  }
}

/**
 * Returns the same object for every request, like real bindings: the product may use it as a cache
 * key.
 */
function withRecording(bindings: Bindings): Bindings {
  recordingBindings ??= {
    ...bindings,
    DB: recordingDatabase(bindings.DB),
    SESSIONS: recordingStore(bindings.SESSIONS),
  } as unknown as Bindings
  return recordingBindings
}

export default {
  fetch(request: Request, bindings: Bindings, context: ExecutionContext) {
    if (new URL(request.url).pathname !== recordingPath) {
      return product.fetch(request, withRecording(bindings), context)
    }
    const recorded = recording
    recording = emptyRecording()
    return Response.json(recorded)
  },
}

export { BackupObject, RealtimeShard } from '#worker.ts'
