/*
 * The command `arete` of the npm package, which works on the project in the current folder.
 */
import { homeFolder } from '#cli/deployment/project-folder.ts'
import { runCommand, runToStatus } from '#cli/terminal/run-command.ts'
import { runArete, type FurtherCommands } from '#serve/arete.ts'

type Run = (args: readonly string[]) => Promise<void>

// Each is loaded when it is called.
const create: Run = async (args) => {
  const { createProject } = await import('#cli/create-project.ts')
  await runCommand(createProject, args)
}

const dev: Run = async (args) => {
  const { serveProject } = await import('#serve/serve-project.ts')
  await runToStatus(serveProject, args)
}

const deploy: Run = async (args) => {
  const { createDeploy } = await import('#cli/deploy.ts')
  const { installDashboard } = await import('#cli/deployment/install-dashboard.ts')
  await runCommand(
    createDeploy(() => installDashboard()),
    args,
  )
}

const check: Run = async (args) => {
  const { checkProject } = await import('./check-project.ts')
  await runCommand(checkProject, args)
}

const upgrade: Run = async (args) => {
  const { upgradeProject } = await import('#cli/upgrade/upgrade.ts')
  await runCommand(upgradeProject, args)
}

const projectCommands: FurtherCommands = {
  help: `
Of a project that uses the package:

  npx arete create       makes a new project
  npx arete dev          serves the project in the Workers runtime, and again after each change
  npx arete check        finds routes that are Arete's already
  npx arete deploy       deploys the project to Cloudflare
  npx arete upgrade      takes the project to another version of the package
`,
  run: new Map(Object.entries({ create, dev, check, deploy, upgrade })),
}

/**
 * Runs the command.
 *
 * @param args the command line, without Node and the program
 */
export async function runProgram(args: readonly string[]): Promise<void> {
  await runArete(args, homeFolder, projectCommands)
}
