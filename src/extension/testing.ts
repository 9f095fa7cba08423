/*
 * The entry `arete/testing`: an application under test, inside the Workers runtime.
 */
export { createTestApp, type TestApp, type TestAppOptions } from './testing/create-test-app.ts'
export type { TestEvent } from './testing/read-events.ts'
export type { TestClient, TestRecord, TestRequestInit } from './testing/test-client.ts'
export type { FailingPart } from './testing/failures.ts'
