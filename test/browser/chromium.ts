import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Finds Chromium at `CHROME_PATH` or one of the usual paths; undefined if there is none. */
export function findChromium(): string | undefined {
  const named = process.env['CHROME_PATH']
  const candidates = named === undefined || named === '' ? usualPaths : [named]
  return candidates.find((path) => existsSync(path))
}

/** Starts a headless browser with its own profile. */
export async function startChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('There is no Chromium.')
  return await chromium.launch({ executablePath, headless: true, args: flags })
}
