import { Hono } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { readForm } from '#http/body/form.ts'
import { authRequest } from '#auth/auth-request.ts'
import { confirmEmailChange, emailChangeForm } from './confirm-email-change.ts'
import { confirmPasswordReset, newPasswordForm } from './confirm-password-reset.ts'
import { confirmVerification, verificationForm } from './confirm-verification.ts'
import { addressForm } from './mail-link.ts'
import { newAddressForm, requestEmailChange } from './request-email-change.ts'
import { requestPasswordReset } from './request-password-reset.ts'
import { requestVerification } from './request-verification.ts'

/** Routes for verification, password reset and email change. */
export const confirmationRoutes = new Hono<AppEnv>()
  .post('/collections/:collection/request-verification', async (c) => {
    const form = () => readForm(c, addressForm())
    await requestVerification(c.get('services'), { ...authRequest(c, 'default'), form })
    return c.body(null, 204)
  })
  .post('/collections/:collection/confirm-verification', async (c) => {
    const form = () => readForm(c, verificationForm())
    await confirmVerification(c.get('services'), { ...authRequest(c, 'default'), form })
    return c.body(null, 204)
  })
  .post('/collections/:collection/request-password-reset', async (c) => {
    const form = () => readForm(c, addressForm())
    await requestPasswordReset(c.get('services'), { ...authRequest(c, 'default'), form })
    return c.body(null, 204)
  })
  .post('/collections/:collection/confirm-password-reset', async (c) => {
    const form = () => readForm(c, newPasswordForm())
    await confirmPasswordReset(c.get('services'), { ...authRequest(c, 'default'), form })
    return c.body(null, 204)
  })
  .post('/collections/:collection/request-email-change', async (c) => {
    const form = () => readForm(c, newAddressForm())
    await requestEmailChange(c.get('services'), { ...authRequest(c, 'default'), form })
    return c.body(null, 204)
  })
  .post('/collections/:collection/confirm-email-change', async (c) => {
    const form = () => readForm(c, emailChangeForm())
    await confirmEmailChange(c.get('services'), { ...authRequest(c, 'default'), form })
    return c.body(null, 204)
  })
