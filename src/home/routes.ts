import { Hono } from 'hono'
import { readAppName } from '#collections/read-app-name.ts'
import type { AppEnv } from '#http/app-env.ts'
import { isOwnMachine } from '#http/network/own-machine.ts'
import { answerErrorPage, answerPage } from '#http/page.tsx'
import { homePage } from './home-page.tsx'
import { icon } from './icon.ts'

/** The default page at the root. Files of a front end take precedence over these routes. */
export const homeRoutes = new Hono<AppEnv>()
  .get('/', async (c) => {
    const appName = await readAppName(c.get('services'))
    return answerPage(c, homePage(appName, isOwnMachine(c) ? 'own machine' : 'deployment'))
  })
  .get('/favicon.ico', (c) => {
    c.header('Cache-Control', 'public, max-age=86400')
    return c.body(icon, 200, { 'Content-Type': 'image/svg+xml' })
  })
  .onError(answerErrorPage)
