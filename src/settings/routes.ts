import { Hono } from 'hono'
import { ZodError } from 'zod'
import { raiseRevision } from '#database/revision.ts'
import type { AppEnv } from '#http/app-env.ts'
import { constant } from '#database/query.ts'
import { readForm, readPartialForm } from '#http/body/form.ts'
import { assertSuperuser } from '#http/guards.ts'
import { bodyLimit } from '#http/body/raw-body.ts'
import { budget } from '#kernel/budget.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { assertValid } from '#go-compat/validation-rules.ts'
import { mergeSettings, settingsShape, type SettingsPatch } from './decode.ts'
import { settingsErrors } from './errors.ts'
import { publicSettings } from './public-settings.ts'
import { misdirectedSecrets, sealNewSecrets } from './secrets.ts'
import type { Settings } from './settings.ts'
import { storeSettings } from './store.ts'
import { testS3, testS3Form } from './test-s3.ts'
import { validateSettings } from './validate-settings.ts'

/** Routes for superusers to read and change the settings. */
export const settingsRoutes = new Hono<AppEnv>()
  .get('/settings', async (c) => {
    const settings = await c.get('services').transactor.read((context) => {
      c.get('services').rateLimiter.count(context)
      assertSuperuser(context.caller)
      return constant(context.catalog.settings)
    })
    return c.json(publicSettings(settings))
  })
  .patch('/settings', bodyLimit(budget.textBytes), async (c) => {
    const settings = await c.get('services').transactor.write(async (context) => {
      c.get('services').rateLimiter.count(context)
      assertSuperuser(context.caller)
      const patch = await readPartialForm(c, settingsShape(), commonErrors.loadingFailed)
      const changed = change(context.catalog.settings, patch)
      assertValid(validateSettings(changed), settingsErrors.savingFailed)
      const misdirected = misdirectedSecrets(context.catalog.settings, changed)
      assertValid(misdirected, settingsErrors.savingFailed)
      const sealed = await sealNewSecrets(c.env, context.catalog.settings, changed)
      return {
        statements: [storeSettings(sealed, context.now), raiseRevision],
        changesCatalog: true,
        read: () => sealed,
      }
    })
    return c.json(publicSettings(settings))
  })
  .post('/settings/test/s3', async (c) => {
    await c.get('services').transactor.read(async (context) => {
      c.get('services').rateLimiter.count(context)
      assertSuperuser(context.caller)
      return testS3(context.catalog.settings, await readForm(c, testS3Form()))
    })
    return c.body(null, 204)
  })

function change(current: Settings, patch: SettingsPatch): Settings {
  try {
    return mergeSettings(current, patch)
  } catch (error) {
    if (!(error instanceof ZodError)) throw error
    throw new ApiError(commonErrors.loadingFailed, { cause: error })
  }
}
