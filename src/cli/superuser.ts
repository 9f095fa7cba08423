/*
 * The command behind `npm run superuser`.
 */
import { applyMigrations, queryRows, runStatements } from './d1.ts'
import type { DatabaseLocation } from './d1.ts'
import { runCommand } from './run-command.ts'
import { parseSuperuserArguments, superuserHelp } from './superuser-arguments.ts'
import type { SuperuserCommand } from './superuser-arguments.ts'
import { deleteSuperuser, listSuperusers } from './superuser-statements.ts'
import { superuserWithPassword } from './superuser-with-password.ts'
import { UsageError } from './usage.ts'
import { WranglerError } from './wrangler.ts'

async function run(command: SuperuserCommand): Promise<string> {
  switch (command.action) {
    case 'help':
      return superuserHelp
    case 'list':
      return list(command.location)
    case 'upsert':
      return upsert(command.location, command.email, command.password)
    case 'delete':
      return remove(command.location, command.email)
  }
}

async function list(location: DatabaseLocation): Promise<string> {
  const addresses = await superusersAt(location)
  if (addresses.length > 0) return addresses.map((email) => `${email}\n`).join('')
  const option = location === 'remote' ? ' --remote' : ''
  return `No superuser yet. Make one: npm run superuser -- upsert EMAIL PASSWORD${option}\n`
}

async function upsert(
  location: DatabaseLocation,
  email: string,
  password: string,
): Promise<string> {
  const existing = await superusersAt(location)
  await runStatements(location, await superuserWithPassword(email, password))
  return existing.includes(email)
    ? `Changed the password of ${email} and ended its sessions.\n`
    : `Made the superuser ${email}.\n`
}

async function remove(location: DatabaseLocation, email: string): Promise<string> {
  const existing = await superusersAt(location)
  if (!existing.includes(email)) throw new UsageError(`There is no superuser ${email}.`)

  await runStatements(location, deleteSuperuser(email))
  const warning =
    existing.length === 1
      ? 'That was the last one: nobody can change collections or settings until you make another.\n'
      : ''
  return `Deleted the superuser ${email}.\n${warning}`
}

/** The addresses of all superusers. A local database that is not there yet is made. */
async function superusersAt(location: DatabaseLocation): Promise<readonly string[]> {
  try {
    const rows = await queryRows(location, listSuperusers)
    return rows.map(({ email }) => String(email))
  } catch (error) {
    if (!(error instanceof WranglerError) || !error.message.includes('no such table')) throw error
    if (location === 'remote') {
      throw new UsageError('The deployed database has no tables yet. First: npm run deploy', {
        cause: error,
      })
    }
    await applyMigrations(location)
    return []
  }
}

await runCommand(async (args) => {
  process.stdout.write(await run(parseSuperuserArguments(args)))
  return 0
})
