/** A change of a record that a subscriber waits for: a webhook or a durable hook. */
export interface TestEvent {
  readonly type: 'created' | 'updated' | 'deleted'
  /** The name of the collection. */
  readonly collection: string
  /** The id of the record. */
  readonly record: string
}

/** Reads the events of a deployment, oldest first. Changes without a subscriber leave none. */
export async function readEvents(db: D1Database): Promise<readonly TestEvent[]> {
  const { results } = await db
    .prepare(
      `SELECT e."type", c."name" AS "collection", e."recordRef" AS "record"
       FROM "_events" e JOIN "_collections" c ON c."id" = e."collectionRef" ORDER BY e."seq"`,
    )
    .all<TestEvent>()
  return results
}
