import { sql } from 'drizzle-orm'
import { abortWith } from '#database/abort.ts'
import { constant, type Plan } from '#database/query.ts'
import { ApiError } from '#kernel/errors.ts'
import { planCreate } from '#records/write/create-record.ts'
import { planDelete } from '#records/write/delete-record.ts'
import { planWrite, readGuard, type RecordWrite } from '#records/write/record-write.ts'
import { planUpdate } from '#records/write/update-record.ts'
import type { ExplainedRequest } from './explained-request.ts'
import { allowed, refused, refusedBy, type Verdict } from './verdict.ts'

/** Carries a verdict out of the batch that it undid. */
class Undone extends Error {
  readonly verdict: Verdict

  constructor(verdict: Verdict) {
    super('An explained write is undone.')
    this.verdict = verdict
  }
}

const undone = 'arete:explained'

/**
 * Plans a write by the plan of the explained request, with an abort at its end: every guard,
 * validation and constraint answers, and nothing is stored. Its files are not stored either, and no
 * follower learns of it.
 *
 * The plan never succeeds; run it with `readVerdict`.
 */
export async function planWriteVerdict(request: ExplainedRequest): Promise<Plan<Verdict>> {
  let write: RecordWrite
  try {
    write = await planExplained(request)
  } catch (error) {
    return constant(refusedBy(error))
  }
  const { errorFor, statements } = planWrite(request.collection, write)
  return {
    statements: [...statements, abortWith(sql`${undone}`)],
    read: () => {
      throw new Error('An explained write was stored.')
    },
    errorFor: async (failure) => {
      const isUndone = failure.kind === 'aborted' && failure.message === undone
      if (isUndone) return new Undone(allowed(write.status))
      const error = await errorFor?.(failure)
      if (!(error instanceof ApiError)) return error ?? new Error('A write failed.')
      return new Undone(refused(error, readGuard(failure)?.stage === 'rule'))
    },
  }
}

/** Runs a planned write to its verdict. */
export async function readVerdict(run: Promise<Verdict>): Promise<Verdict> {
  try {
    return await run
  } catch (error) {
    if (error instanceof Undone) return error.verdict
    throw error
  }
}

async function planExplained(request: ExplainedRequest): Promise<RecordWrite> {
  const { context, collection, info, body, recordId: id } = request
  const common = { collection, info, position: 0 }
  switch (request.action) {
    case 'create':
      return await planCreate(context, { ...common, body })
    case 'update':
      // No old password is verified: the explainer must not be a way to guess one.
      return await planUpdate(context, { ...common, body, id, oldPassword: undefined })
    case 'delete':
      return await planDelete(context, { ...common, id })
    case 'list':
    case 'view':
    case 'auth':
    case 'manage':
    case 'realtime':
      throw new Error(`${request.action} is no write.`)
  }
}

/** True if the action writes. */
export function isWrite({ action }: Pick<ExplainedRequest, 'action'>): boolean {
  return action === 'create' || action === 'update' || action === 'delete'
}
