import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { definitionJson, type CollectionJson } from '#collections/definition-json.ts'
import { MigrationModel } from './migration-model.ts'
import { Script } from './script.ts'
import { BeyondError, Callable, ScriptError, type Value } from './script-value.ts'

/** The definitions after all migrations, and what was left out of them. */
export interface ReadMigrations {
  readonly collections: readonly CollectionJson[]
  readonly skipped: readonly string[]
}

/** A file of a folder of migrations. */
export interface MigrationFile {
  readonly name: string
  readonly text: string
}

/** The files of PocketBase's migrations in a folder, in the order in which it runs them. */
export async function migrationFiles(folder: string): Promise<readonly MigrationFile[]> {
  const names = await readdir(folder)
  const scripts = names.filter((name) => name.endsWith('.js')).toSorted()
  return await Promise.all(
    scripts.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })),
  )
}

/**
 * Runs migrations in memory, from the collections that every PocketBase begins with. A statement
 * that is not about definitions is skipped; a migration that fails is left out as a whole.
 */
export function readMigrations(files: readonly MigrationFile[]): ReadMigrations {
  const model = new MigrationModel(new Date())
  const skipped = files.flatMap(({ name, text }) => {
    const script = new Script(text)
    const failure = failureOf(() => model.atomically(() => migrate(script, model)))
    const lines = script.skipped.map(
      ({ line, text: statement, reason }) => `${name}:${line}: ${statement} (${reason})`,
    )
    return failure === undefined ? lines : [`${name}: ${failure}`]
  })
  return { collections: model.definitions.map(definitionJson), skipped }
}

function migrate(script: Script, model: MigrationModel): void {
  const ups: Value[] = []
  script.run(model.globals((up) => ups.push(up)))
  for (const up of ups) if (up instanceof Callable) script.call(up, [model.app])
}

function failureOf(run: () => void): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof ScriptError || error instanceof BeyondError) return error.message
    throw error
  }
}
