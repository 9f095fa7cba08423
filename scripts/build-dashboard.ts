/*
 * Builds the dashboard into public/_/ for `npm start` and `npm run deploy`, which also build it if
 * a source has changed.
 */
import { runCommand } from '#cli/terminal/run-command.ts'
import { readArguments } from '#cli/terminal/usage.ts'
import { buildDashboard } from './dashboard-build.ts'

const help = `Builds the dashboard into public/_/. npm start and npm run deploy do so by themselves if
a source has changed.

  npm run build:dashboard
`

await runCommand(async (args) => {
  const { values } = readArguments(
    { args: [...args], options: { help: { type: 'boolean', short: 'h' } } },
    'npm run build:dashboard -- --help',
  )
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  await buildDashboard()
  return 0
})
