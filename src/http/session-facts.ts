/*
 * How and when the holder of a session proved their identity. The facts are claims of the session's
 * token: they are known when a request is planned, and reading them costs no trip. Only a proof
 * changes them. Renewing a token copies them.
 */
import { clockToleranceSeconds, unixSeconds } from '#kernel/dates.ts'

/** The proofs behind a session. Times are Unix seconds, undefined if unknown. */
export interface SessionFacts {
  /** The newest proof of identity. */
  readonly authTime: number | undefined
  /** The newest second factor; undefined if there was none. */
  readonly mfaTime: number | undefined
  /** The methods used so far, each once. */
  readonly methods: readonly string[]
  /** The beginning of the session. */
  readonly startedAt: number | undefined
  /** The account that impersonates this one. */
  readonly actor: { readonly collectionId: string; readonly id: string } | undefined
}

/** The facts of a session whose token has none, from before there were any. */
export const unknownFacts: SessionFacts = {
  authTime: undefined,
  mfaTime: undefined,
  methods: [],
  startedAt: undefined,
  actor: undefined,
}

/** The facts of a session that begins with a proof. */
export function provenBy(
  methods: readonly string[],
  { now, isSecond }: { readonly now: Date; readonly isSecond: boolean },
): SessionFacts {
  const seconds = unixSeconds(now)
  return {
    authTime: seconds,
    mfaTime: isSecond ? seconds : undefined,
    methods,
    startedAt: seconds,
    actor: undefined,
  }
}

/** The facts after another proof in the same session. */
export function provenAgain(
  facts: SessionFacts,
  method: string,
  { now, isSecond }: { readonly now: Date; readonly isSecond: boolean },
): SessionFacts {
  const seconds = unixSeconds(now)
  return {
    ...facts,
    authTime: seconds,
    mfaTime: isSecond ? seconds : facts.mfaTime,
    methods: [...new Set([...facts.methods, method])],
  }
}

/** 2 after two factors, 1 after one, 0 for an impersonated session. */
export function levelOf({ mfaTime, actor }: SessionFacts): 0 | 1 | 2 {
  if (actor !== undefined) return 0
  return mfaTime === undefined ? 1 : 2
}

/**
 * The whole seconds since a moment; undefined if it is unknown. Never negative: a moment ahead is now, or as far
 * away as it is ahead if no clock is that wrong, so that it never counts as recent.
 */
export function secondsSince(moment: number | undefined, now: Date): number | undefined {
  if (moment === undefined) return undefined
  const seconds = unixSeconds(now) - moment
  return seconds < -clockToleranceSeconds ? -seconds : Math.max(0, seconds)
}
