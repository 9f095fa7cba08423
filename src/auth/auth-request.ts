import type { Context } from 'hono'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { AppEnv } from '#http/app-env.ts'
import { clientIp } from '#http/network/client-ip.ts'
import { readForm } from '#http/body/form.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { readRecordBody } from '#http/body/record-body.ts'
import { requestInfo } from '#records/request-info.ts'
import type {
  AuthAnswer,
  AuthRequest,
  MfaChallenge,
  SignInMethod,
  SignInRequest,
} from '#auth/sign-in/auth-response.ts'
import { deviceName } from '#auth/sign-in/device.ts'
import { placeOf } from '#auth/sign-in/location.ts'

/** The context of a request under `/collections/:collection`. */
export type AuthContext = Context<AppEnv, string>

/** The request of a flow that issues a token. */
export function authRequest(c: AuthContext, context: SignInMethod | 'default'): AuthRequest {
  return {
    collection: c.req.param('collection') ?? '',
    info: requestInfo(c, context),
    origin: { device: deviceName(c.req.header('User-Agent') ?? ''), place: placeOf(c.req.raw) },
    clientIp: (settings) => clientIp(c, settings),
    body: () => submittedValues(c),
  }
}

/** The flow decides if an unreadable body is an error. */
async function submittedValues(c: AuthContext): Promise<RequestInfo['body']> {
  try {
    const { data } = await readRecordBody(c, { takesFile: () => false })
    return Object.fromEntries(Object.entries(data).map(([key, known]) => [key, { known }]))
  } catch (error) {
    const isUnreadable = error instanceof ApiError && error.code !== commonErrors.bodyTooLarge.code
    if (isUnreadable) return {}
    throw error
  }
}

const mfaForm = lazy(() => z.object({ mfaId: z.string().default('') }))

/** The request of a flow that proves an identity. */
export function signInRequest(c: AuthContext, method: SignInMethod): SignInRequest {
  const request = authRequest(c, method)
  const queried = request.info.query['mfaId'] ?? ''
  return {
    ...request,
    mfaId: async () => (queried === '' ? (await readForm(c, mfaForm())).mfaId : queried),
  }
}

/**
 * Responds to a sign-in with the account, or with the challenge, which does not have the shape of
 * an error.
 */
export function answerSignIn(c: AuthContext, answer: AuthAnswer | MfaChallenge): Response {
  return 'mfaId' in answer ? c.json(answer, 401) : c.json(answer)
}
