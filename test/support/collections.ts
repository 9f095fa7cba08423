import type { TestApp } from './test-app.ts'

/** A definition as clients send it. */
export type SubmittedCollection = Readonly<Record<string, unknown>> & { readonly name: string }

/** Creates collections in order. Their rules are public unless given. */
export async function createCollections(
  app: TestApp,
  token: string,
  ...collections: readonly SubmittedCollection[]
): Promise<void> {
  for (const collection of collections) {
    const open = { listRule: '', viewRule: '', createRule: '', updateRule: '', deleteRule: '' }
    const body = {
      id: `${collection.name}_id`,
      ...(collection['type'] === 'view' ? {} : open),
      ...collection,
    }
    const answer = await app.post('/api/collections', body, { token })
    if (answer.status !== 200) {
      throw new Error(`${collection.name} was refused: ${JSON.stringify(answer.body)}`)
    }
  }
}

/** Changes a collection. */
export async function changeCollection(
  app: TestApp,
  token: string,
  name: string,
  change: Readonly<Record<string, unknown>>,
): Promise<void> {
  const answer = await app.patch(`/api/collections/${name}`, change, { token })
  if (answer.status !== 200) {
    throw new Error(`The change of ${name} was refused: ${JSON.stringify(answer.body)}`)
  }
}

/** Creates records in order and returns their ids. */
export async function createRecords(
  app: TestApp,
  token: string,
  collection: string,
  ...records: readonly Readonly<Record<string, unknown>>[]
): Promise<string[]> {
  const ids: string[] = []
  for (const record of records) {
    const answer = await app.post(`/api/collections/${collection}/records`, record, { token })
    if (answer.status !== 200) {
      throw new Error(`A record was refused: ${JSON.stringify(answer.body)}`)
    }
    ids.push((answer.body as { id: string }).id)
  }
  return ids
}

/** The issue codes of an error, by field. */
export function codesOf(answer: { readonly body: unknown }): Record<string, string> {
  const { data } = answer.body as { data: Record<string, { code: string }> }
  return Object.fromEntries(Object.entries(data).map(([field, issue]) => [field, issue.code]))
}
