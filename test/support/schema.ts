/** The schema of a database, and its stored definitions and revision. */
export async function schemaOf(db: D1Database): Promise<unknown> {
  const schema = await db
    .prepare(
      `SELECT "type", "name", "sql" FROM sqlite_master WHERE "name" NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY "name"`,
    )
    .all()
  const definitions = await db.prepare('SELECT * FROM "_collections" ORDER BY "id"').all()
  const settings = await db.prepare('SELECT * FROM "_params"').all()
  const revision = await db.prepare('SELECT "revision" FROM "_catalog_revision"').first()
  return [schema.results, definitions.results, settings.results, revision]
}
