/*
 * Builds the dashboard into public/_/ for `npm start` and `npm run deploy`, which also build it if
 * a source has changed.
 */
import { runCommand } from '#cli/run-command.ts'
import { buildDashboard } from './dashboard-build.ts'

await runCommand(async () => {
  await buildDashboard()
  return 0
})
