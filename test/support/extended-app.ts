import { createExtension, type ExtensionOptions } from '#extension/create-extension.ts'
import { type AppDefinition, defineApp } from '#extension/define-app.ts'
import { createDeployment, type Host } from '#app.ts'
import { bindings } from './bindings.ts'
import { createMailbox } from '#extension/testing/mailbox.ts'
import { createTestApp, passwords, type TestApp } from './test-app.ts'

/** An app with an application, as a host would run it, with strict hooks. */
export function createExtendedApp(
  definition: AppDefinition,
  options: ExtensionOptions = { isStrict: true },
  host: Partial<Host> = {},
): TestApp {
  const extension = createExtension(defineApp(definition), options)
  return createTestApp({}, { ...host, extension })
}

/** Runs the jobs of an application that are due. */
export async function runJobs(definition: AppDefinition, now: Date): Promise<void> {
  const extension = createExtension(defineApp(definition))
  const { jobs } = createDeployment({ passwords, mail: createMailbox().transports, extension })
  await jobs.run(bindings, now)
}
