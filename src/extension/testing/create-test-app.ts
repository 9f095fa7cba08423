import { createArgon2Hasher } from '#adapters/cloudflare/argon2-hasher.ts'
import { resetDeployment, testDeployment } from '#adapters/cloudflare/test-deployment.ts'
import { createFetchSender } from '#adapters/cloudflare/webhook-sender.ts'
import { createDeployment } from '#app.ts'
import { createExtension } from '#extension/create-extension.ts'
import type { AreteApp } from '#extension/define-app.ts'
import type { Bindings } from '#http/app-env.ts'
import type { OutgoingMail } from '#platform/mailer.ts'
import { createExecution } from './execution.ts'
import { createFailingServices, type FailingPart } from './failures.ts'
import { createFixtures, type Fixtures } from './fixtures.ts'
import { createHeldLogs } from './held-logs.ts'
import { createMailbox } from './mailbox.ts'
import { readEvents, type TestEvent } from './read-events.ts'
import { createClient, type TestClient, type TestRecord } from './test-client.ts'

/** The content of a new deployment. */
export interface TestAppOptions {
  /** Collections, as `PUT /api/collections/import` takes them, beside the collections of the application. */
  readonly collections?: readonly object[]
  /** Records by the names of their collections, in the order in which they are created. */
  readonly records?: Readonly<Record<string, readonly object[]>>
  /** The environment, which the schema in `env` of the application checks. */
  readonly env?: Readonly<Record<string, unknown>>
}

/** An application with a deployment of its own. */
export interface TestApp extends TestClient {
  /** The records of the options, by the names of their collections. */
  readonly records: Readonly<Record<string, readonly TestRecord[]>>
  /** A client that is signed in as an account. */
  as(account: Pick<TestRecord, 'id' | 'collectionName'>): TestClient
  /** A client that is signed in as a superuser. */
  asSuperuser(): TestClient
  /** The changes that webhooks and durable hooks wait for, oldest first. */
  events(): Promise<readonly TestEvent[]>
  /** The mails that were sent, oldest first. None leaves the test. */
  mails(): readonly OutgoingMail[]
  /** Runs the scheduled jobs and the deliveries that are due at a time. */
  runDue(options: { readonly at: Date }): Promise<void>
  /** Fails the next call of a service, which does not arrive there. */
  failNext(part: FailingPart): void
}

/**
 * Creates an application with an empty deployment: every call empties the bindings of the test. Of
 * several, only the last one can be used.
 *
 * @throws {Error} If a collection or a record is refused, or the environment.
 */
export async function createTestApp(
  application: AreteApp,
  { collections = [], records = {}, env = {} }: TestAppOptions = {},
): Promise<TestApp> {
  const deployment = testDeployment()
  await resetDeployment(deployment)
  const { bindings: failing, failNext } = createFailingServices(deployment)
  const bindings = { ...deployment, ...failing }
  const mailbox = createMailbox()
  const passwords = createArgon2Hasher({ cost: 'test' })
  const webhooks = createFetchSender()
  const extension = createExtension(application, { isStrict: true, environment: () => env })
  await extension.ready?.()
  const { app, jobs } = createDeployment({
    passwords,
    // No mail leaves the test, whatever the transport of the application.
    mail: { ...mailbox.transports, own: mailbox.transports.platform },
    logs: createHeldLogs(),
    webhooks,
    extension,
  })

  async function sendTo(request: Request, bound: Bindings): Promise<Response> {
    const { context, settled } = createExecution()
    const response = await app.fetch(request, bound, context)
    await settled()
    return response
  }
  const send = (request: Request): Promise<Response> => sendTo(request, bindings)

  // A failure is for the next call of the test, not for one of the preparations.
  const fixtures: Fixtures = await createFixtures(
    (request) => sendTo(request, deployment),
    deployment.DB,
    passwords,
  )
  const defined = application.definition.collections ?? []
  await fixtures.importCollections([...defined, ...collections])
  const stored = await fixtures.createRecords(records)

  return {
    ...createClient(send),
    records: stored,
    as: (account) => createClient(send, () => fixtures.tokenOf(account)),
    asSuperuser: () => createClient(send, async () => fixtures.superuserToken),
    events: async () => await readEvents(deployment.DB),
    mails: () => [...mailbox.mails],
    runDue: async ({ at }) => await jobs.run(bindings, at),
    failNext,
  }
}
