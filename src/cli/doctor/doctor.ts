/*
 * The command behind `npm run doctor`.
 */
import type { TerminalCommand } from '#cli/commands.ts'
import { asTyped } from '#cli/terminal/as-typed.ts'
import { incompleteStatus } from '#cli/terminal/run-command.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { type DoctorCommand, doctorHelp, parseDoctorArguments } from './doctor-arguments.ts'
import { deploymentsHere, examineDeployment } from './examine-deployments.ts'
import { examineProject } from './examine-project.ts'
import type { Examination } from './finding.ts'
import { findingsOf, reportText } from './report.ts'

async function run(command: DoctorCommand, folder: string): Promise<number> {
  if (command.action === 'help') {
    process.stdout.write(asTyped(doctorHelp))
    return 0
  }
  const now = new Date()
  const examinations: Examination[] = [
    { place: `The project in ${projectFolder}`, findings: await examineProject(now) },
  ]
  const { target } = command
  const targets = target === undefined ? await deploymentsHere(folder) : [target]
  for (const each of targets) examinations.push(await examineDeployment(each, new Date()))

  const problems = findingsOf(examinations, 'problem').length
  const warnings = findingsOf(examinations, 'warning').length
  process.stdout.write(
    command.isJson
      ? `${JSON.stringify({ problems, warnings, examinations }, null, 2)}\n`
      : asTyped(reportText(examinations)),
  )
  return problems > 0 ? incompleteStatus : 0
}

/** `npm run doctor` */
export const doctorCommand: TerminalCommand = {
  run: async (args, folder) => await run(parseDoctorArguments(args, folder), folder),
}
