import { createDeploy } from '#cli/deploy.ts'
import { runCommand } from '#cli/terminal/run-command.ts'
import { buildDashboard, isDashboardStale } from './dashboard-build.ts'

async function bringDashboard(): Promise<void> {
  if (!isDashboardStale()) return
  process.stdout.write('\nBuild the dashboard\n')
  await buildDashboard()
}

await runCommand(createDeploy(bringDashboard))
