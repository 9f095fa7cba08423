/*
 * The command behind `npm run superuser`.
 */
import type { TerminalCommand } from './commands.ts'
import { asTyped } from '#cli/terminal/as-typed.ts'
import { openSqlSession, type SqlSession } from '#cli/deployment/sql-session.ts'
import { parseSuperuserArguments, superuserHelp } from './superuser-arguments.ts'
import type { SuperuserCommand } from './superuser-arguments.ts'
import { newTokenKey } from '#kernel/random.ts'
import { deleteSuperuser, listSuperusers, resetFactors } from './superuser-statements.ts'
import { superuserWithPassword } from './superuser-with-password.ts'
import { targetArguments } from '#cli/deployment/target-arguments.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import { WranglerError } from '#cli/deployment/wrangler-error.ts'

async function run(command: SuperuserCommand): Promise<string> {
  if (command.action === 'help') return superuserHelp
  const session = await openSqlSession(command.target)
  try {
    switch (command.action) {
      case 'list':
        return await list(session, command)
      case 'upsert':
        return await upsert(session, command)
      case 'delete':
        return await remove(session, command)
      case 'reset-factors':
        return await reset(session, command)
    }
  } finally {
    await session.close()
  }
}

/** The parsed command line with this action. */
type Command<Action> = Extract<SuperuserCommand, { action: Action }>

async function list(session: SqlSession, { target }: Command<'list'>): Promise<string> {
  const addresses = await superusersIn(session)
  if (addresses.length > 0) return addresses.map((email) => `${email}\n`).join('')
  return `No superuser yet. Create one: npm run superuser -- upsert EMAIL PASSWORD${targetArguments(target)}\n`
}

async function upsert(
  session: SqlSession,
  { email, password }: Command<'upsert'>,
): Promise<string> {
  const existing = await superusersIn(session)
  await session.run(await superuserWithPassword(email, password))
  return existing.includes(email)
    ? `Changed the password of ${email} and ended its sessions.\n`
    : `Created the superuser ${email}.\n`
}

async function remove(
  session: SqlSession,
  { email }: Command<'delete' | 'reset-factors'>,
): Promise<string> {
  const existing = await superusersIn(session)
  if (!existing.includes(email)) throw new UsageError(`There is no superuser ${email}.`)

  await session.run(deleteSuperuser(email))
  const warning =
    existing.length === 1
      ? 'That was the last superuser. Collections and settings cannot be changed until you create another.\n'
      : ''
  return `Deleted the superuser ${email}.\n${warning}`
}

async function reset(
  session: SqlSession,
  { email }: Command<'delete' | 'reset-factors'>,
): Promise<string> {
  const existing = await superusersIn(session)
  if (!existing.includes(email)) throw new UsageError(`There is no superuser ${email}.`)

  await session.run(resetFactors(email, newTokenKey()))
  return `Removed the second factors of ${email} and ended its sessions.\n`
}

/** The addresses of all superusers. */
async function superusersIn(session: SqlSession): Promise<readonly string[]> {
  try {
    const rows = await session.rows(listSuperusers)
    return rows.map(({ email }) => String(email))
  } catch (error) {
    if (!(error instanceof WranglerError) || !error.message.includes('no such table')) throw error
    throw new UsageError('The deployed database has no tables yet. Run npm run deploy first.', {
      cause: error,
    })
  }
}

/** `npm run superuser` */
export const superuserCommand: TerminalCommand = {
  async run(args, folder, usual) {
    process.stdout.write(asTyped(await run(parseSuperuserArguments(args, folder, usual))))
    return 0
  },
}
