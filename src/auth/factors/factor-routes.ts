import { Hono } from 'hono'
import * as z from 'zod'
import type { AppEnv } from '#http/app-env.ts'
import { readForm } from '#http/body/form.ts'
import { validateQuery } from '#http/body/validate.ts'
import { answerSignIn, authRequest, signInRequest } from '#auth/auth-request.ts'
import { stepUp } from '#auth/sign-in/step-up.ts'
import { stepUpForm } from '#auth/sign-in/step-up-request.ts'
import { signInWithRecoveryCode } from '#auth/sign-in/with-recovery-code.ts'
import { factorCodeForm, signInWithTotp } from '#auth/sign-in/with-totp.ts'
import { confirmForm, confirmTotp } from './confirm-totp.ts'
import { enrolForm, enrolTotp } from './enrol-totp.ts'
import { listFactors } from './list-factors.ts'
import { replaceCodes } from './new-recovery-codes.ts'
import { removeFactor } from './remove-factor.ts'
import { renameFactor, renameForm } from './rename-factor.ts'

/** The owner of the factors: the caller by default, or, for superusers, a record. */
const validOwner = validateQuery(z.object({ record: z.string().optional() }))

/** Routes for second factors, for signing in with them, and for proving one's identity again. */
export const factorRoutes = new Hono<AppEnv>()
  .get('/collections/:collection/factors', validOwner, async (c) => {
    const { record } = c.req.valid('query')
    const { collection, info } = authRequest(c, 'default')
    return c.json(await listFactors(c.get('services'), { collection, info, recordId: record }))
  })
  .post('/collections/:collection/factors/totp', async (c) => {
    const { collection } = authRequest(c, 'default')
    const form = () => readForm(c, enrolForm())
    return c.json(await enrolTotp(c.get('services'), { collection, form }))
  })
  .post('/collections/:collection/factors/totp/:id/confirm', async (c) => {
    const confirmation = await confirmTotp(c.get('services'), {
      ...signInRequest(c, 'totp'),
      factorId: c.req.param('id'),
      form: () => readForm(c, confirmForm()),
    })
    return c.json(confirmation)
  })
  .post('/collections/:collection/factors/recovery-codes', async (c) => {
    return c.json(await replaceCodes(c.get('services'), authRequest(c, 'default')))
  })
  .patch('/collections/:collection/factors/:id', async (c) => {
    const { collection } = authRequest(c, 'default')
    const form = () => readForm(c, renameForm())
    const factorId = c.req.param('id')
    return c.json(await renameFactor(c.get('services'), { collection, factorId, form }))
  })
  .delete('/collections/:collection/factors/:id', validOwner, async (c) => {
    const { record } = c.req.valid('query')
    const request = authRequest(c, 'default')
    await removeFactor(c.get('services'), {
      ...request,
      factorId: c.req.param('id'),
      recordId: record,
    })
    return c.body(null, 204)
  })
  .post('/collections/:collection/auth-with-totp', async (c) => {
    const answer = await signInWithTotp(c.get('services'), {
      ...signInRequest(c, 'totp'),
      form: () => readForm(c, factorCodeForm()),
    })
    return answerSignIn(c, answer)
  })
  .post('/collections/:collection/auth-with-recovery-code', async (c) => {
    const answer = await signInWithRecoveryCode(c.get('services'), {
      ...signInRequest(c, 'recovery'),
      form: () => readForm(c, factorCodeForm()),
    })
    return answerSignIn(c, answer)
  })
  .post('/collections/:collection/step-up', async (c) => {
    const form = () => readForm(c, stepUpForm())
    return c.json(await stepUp(c.get('services'), { ...authRequest(c, 'default'), form }))
  })
