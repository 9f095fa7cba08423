/*
 * Writes the public types of the npm package into test/api-report, for `npm run api-report`.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { runCommand } from '#cli/terminal/run-command.ts'
import { readArguments } from '#cli/terminal/usage.ts'
import { apiReport, reportFile } from './package-report.ts'
import { packageEntries } from './package-build.ts'
import { emitTypes } from './package-types.ts'

const help = `Writes the public types of the npm package into test/api-report, so that a change of them shows.

  npm run api-report
`

await runCommand(async (args) => {
  const { values } = readArguments(
    { args: [...args], options: { help: { type: 'boolean', short: 'h' } } },
    'npm run api-report -- --help',
  )
  if (values.help === true) {
    process.stdout.write(help)
    return 0
  }
  await mkdir(join(projectFolder, 'dist'), { recursive: true })
  const folder = await mkdtemp(join(projectFolder, 'dist/report-'))
  try {
    const entries = await packageEntries()
    await emitTypes([...entries.values()], folder)
    const report = await apiReport(entries.values(), join(folder, 'types'))
    await mkdir(dirname(reportFile), { recursive: true })
    await writeFile(reportFile, report)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return 0
})
