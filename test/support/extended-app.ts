import { createExtension } from '#extension/create-extension.ts'
import { type AppDefinition, defineApp } from '#extension/define-app.ts'
import type { Host } from '#app.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/** An app with an application, as a host would run it. */
export function createExtendedApp(definition: AppDefinition, host: Partial<Host> = {}): TestApp {
  return createTestApp({}, { ...host, extension: createExtension(defineApp(definition)) })
}
