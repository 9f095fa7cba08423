import type { Transactor } from '#catalog/transact.ts'

/** Reads the application's name, for pages without a record. Database: 1 batch. */
export async function readAppName({
  transactor,
}: {
  readonly transactor: Transactor
}): Promise<string> {
  return await transactor.read(({ catalog }) => ({
    statements: [],
    read: () => catalog.settings.meta.appName,
  }))
}
