/*
 * Builds the dashboard into public/_/, where `npm start` and `npm run deploy` find it. Both do this
 * by themselves when a source has changed.
 */
import { runCommand } from '#cli/run-command.ts'
import { buildDashboard } from './dashboard-build.ts'

await runCommand(async () => {
  await buildDashboard()
  return 0
})
