/* Exits with code 3 if there is no browser for the tests of the pages. */
import { findChromium } from './chromium.ts'

const missing = `The tests of the pages need Chromium, and there is none.

  Debian, Ubuntu   sudo apt-get install chromium
  elsewhere        CHROME_PATH=/path/to/chrome npm run test:browser
`

if (findChromium() === undefined) {
  // oxlint-disable-next-line no-console -- the command's message
  console.error(missing)
  process.exitCode = 3
}
