/*
 * Takes pictures of screens in all surroundings, to look at them:
 *
 *   node test/browser/dashboard/look.ts ORIGIN FOLDER PATH...
 *
 * ORIGIN is what demo.ts prints or where Vite serves; a PATH is below `/_`, as `/c/posts?sort=title`.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import PocketBase from 'pocketbase'
import { startChromium } from '../chromium.ts'
import { openDashboard, optionsOf, surroundings } from './dashboard.ts'

const [origin = '', folder = '', ...paths] = process.argv.slice(2)
await mkdir(folder, { recursive: true })
const browser = await startChromium()
const client = (): PocketBase => new PocketBase(origin)

for (const around of surroundings) {
  for (const path of paths) {
    const options = optionsOf(around)
    const { page, complaints } = await openDashboard(browser, { origin, client }, path, options)
    await page.waitForLoadState('networkidle')
    await page.waitForTimeout(200)
    const name = `${path.replace(/\W+/g, '-')}-${around.name.replace(/\W+/g, '-')}.png`
    await page.screenshot({ path: join(folder, name) })
    // oxlint-disable-next-line no-console -- what the command says
    console.log(name, ...complaints)
    await page.context().close()
  }
}
await browser.close()
