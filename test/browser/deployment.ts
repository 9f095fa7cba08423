import { join } from 'node:path'
import PocketBase from 'pocketbase'
import { superuserWithPassword } from '#cli/superuser-with-password.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { updateDashboard } from '../../scripts/dashboard-build.ts'
import { type ServedDatabase, serveWorkers } from '../support/serve-workers.ts'

/** The address of the superuser. */
export const superuserEmail = 'admin@example.com'

/** The password of every account. */
export const password = 'correct-horse-battery'

/** A running deployment with a local inbox, as with `npm start`. */
export interface Deployment {
  readonly origin: string
  /** The database, for states that no request can bring about. */
  readonly database: ServedDatabase
  /** A client that is not signed in. */
  client(): PocketBase
  /** A client that is signed in as superuser. */
  readonly admin: PocketBase
  /** Creates an account and returns a client that is signed in to it. */
  signUp(email: string): Promise<PocketBase>
  stop(): Promise<void>
}

/** Serves the Worker and the dashboard. Its links point to itself. */
export async function deploy(): Promise<Deployment> {
  await updateDashboard()
  const variables = { LOCAL_INBOX: '1', PASSWORD_COST: 'test' }
  const { origins, database, stop } = await serveWorkers({ pages: 'src/worker.ts' }, variables, {
    pages: join(projectFolder, 'public'),
  })
  const origin = origins.pages
  const client = (): PocketBase => new PocketBase(origin)

  const statements = await superuserWithPassword(superuserEmail, password)
  await database.batch(statements.map((text) => database.prepare(text)))
  const admin = client()
  await admin.collection('_superusers').authWithPassword(superuserEmail, password)
  await admin.settings.update({
    meta: { appName: 'Acme Inc', appURL: origin },
    rateLimits: { enabled: false },
  })
  await admin.collections.update('users', { otp: { enabled: true } })

  return {
    origin,
    database,
    client,
    admin,
    async signUp(email) {
      const user = client()
      await user.collection('users').create({ email, password, passwordConfirm: password })
      await user.collection('users').authWithPassword(email, password)
      return user
    },
    stop,
  }
}
