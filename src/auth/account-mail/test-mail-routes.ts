import { Hono } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { readForm } from '#http/body/form.ts'
import { sendTestMail, testMailForm } from './send-test-mail.ts'

/** The route to test the mail settings. It is part of auth because its mails are. */
export const testMailRoutes = new Hono<AppEnv>().post('/settings/test/email', async (c) => {
  await sendTestMail(c.get('services'), { form: () => readForm(c, testMailForm()) })
  return c.body(null, 204)
})
