/*
 * Ends the tests of the pages early where there is no browser: exit code 3.
 */
import { findChromium } from './chromium.ts'

const missing = `The tests of the pages need Chromium, and there is none.

  Debian, Ubuntu   sudo apt-get install chromium
  elsewhere        CHROME_PATH=/path/to/chrome npm run test:browser
`

if (findChromium() === undefined) {
  // oxlint-disable-next-line no-console -- what the command says
  console.error(missing)
  process.exitCode = 3
}
