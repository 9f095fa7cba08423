/*
 * Checks which definitions of another back end a deployment can hold. Each is created in a trial
 * database, one after another, so that every error belongs to a known collection.
 */
import { getTableName } from 'drizzle-orm'
import { runBatch } from '#database/batch.ts'
import * as systemTables from '#database/schema.ts'
import { databaseFault } from '#collections/schema/database-error.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { deriveView, isView } from '#collections/views/derive-views.ts'
import { parseIndex } from '#catalog/indexes.ts'
import { ruleChecker } from '#collections/validate/rule-checker.ts'
import { refusedIndexes } from '#collections/schema/schema-trial.ts'
import { createTable, createViews, maxFields } from '#collections/schema/sync-table.ts'
import { validateDefinition } from '#collections/validate/validate-definition.ts'
import { inDependencyOrder, type ViewDefinition } from '#collections/views/view-dependencies.ts'
import type { Issues } from '#kernel/errors.ts'
import type { Database } from '#platform/bindings.ts'

/** Definitions that a deployment can hold, and their differences from the original. */
export interface FittedDefinitions {
  /** In the original order. */
  readonly definitions: readonly CollectionDefinition[]
  /** Collections that were rejected. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[]
  /** Parts of a collection that are missing or will not work, one sentence each. */
  readonly notes: readonly string[]
}

/** Checks definitions in an empty trial database. */
export async function fitDefinitions(
  db: Database,
  definitions: readonly CollectionDefinition[],
): Promise<FittedDefinitions> {
  const refused: { name: string; reason: string }[] = []
  const notes: string[] = []
  const fitted = new Map<string, CollectionDefinition>()

  for (const definition of definitions) {
    if (isView(definition)) continue
    const outcome = await fitTable(db, definition)
    if ('reason' in outcome) refused.push({ name: definition.name, reason: outcome.reason })
    else fitted.set(definition.id, outcome.definition)
    if ('notes' in outcome) notes.push(...outcome.notes)
  }
  const readable = definitions.filter(isView).filter((view) => {
    const { fault } = deriveView(view, definitions)
    if (fault !== undefined) refused.push({ name: view.name, reason: fault })
    return fault === undefined
  })
  for (const view of inDependencyOrder(readable)) {
    const outcome = await fitView(db, view, [...fitted.values()])
    if ('reason' in outcome) refused.push({ name: view.name, reason: outcome.reason })
    else fitted.set(view.id, outcome.definition)
  }

  const kept = definitions.flatMap(({ id }) => fitted.get(id) ?? [])
  return {
    definitions: kept,
    refused,
    notes: [...notes, ...kept.flatMap((d) => faultNotes(d, kept))],
  }
}

type Outcome =
  | { readonly definition: CollectionDefinition; readonly notes: readonly string[] }
  | { readonly reason: string }

const systemTableNames: ReadonlySet<string> = new Set(Object.values(systemTables).map(getTableName))

async function fitTable(db: Database, definition: CollectionDefinition): Promise<Outcome> {
  if (systemTableNames.has(definition.name.toLowerCase())) {
    return { reason: 'its name is reserved by Arete; rename it in PocketBase first' }
  }
  if (definition.fields.length > maxFields) {
    return { reason: `it has ${definition.fields.length} fields; the maximum is ${maxFields}` }
  }
  const readable = definition.indexes.filter((text) => parseIndex(text) !== undefined)
  const unreadable = definition.indexes.filter((text) => parseIndex(text) === undefined)
  const candidate = { ...definition, indexes: readable }
  const notes = unreadable.map((text) => indexNote(definition.name, text, 'it cannot be read'))

  const fault = await faultOf(db, candidate)
  if (fault === undefined) return { definition: candidate, notes }

  const issues = await refusedIndexes(db, {
    definition: candidate,
    fault,
    statementsOf: createTable,
  })
  const smaller = { ...candidate, indexes: readable.filter((_, at) => issues[at] === undefined) }
  if (Object.keys(issues).length === 0) return { reason: fault }
  const remaining = await faultOf(db, smaller)
  if (remaining !== undefined) return { reason: remaining }
  const refusals = Object.entries(issues).map(([at, issue]) =>
    indexNote(definition.name, readable[Number(at)] ?? '', String(issue.message)),
  )
  return { definition: smaller, notes: [...notes, ...refusals] }
}

async function fitView(
  db: Database,
  definition: ViewDefinition,
  others: readonly CollectionDefinition[],
): Promise<Outcome> {
  const { view, fault } = deriveView(definition, others)
  if (fault !== undefined) return { reason: fault }
  const refusal = await faultOf(db, view)
  return refusal === undefined ? { definition: view, notes: [] } : { reason: refusal }
}

/** Creates the table or view. Returns the database's error if it fails. */
async function faultOf(
  db: Database,
  definition: CollectionDefinition,
): Promise<string | undefined> {
  try {
    await runBatch(db, isView(definition) ? createViews([definition]) : createTable(definition))
    return undefined
  } catch (error) {
    const fault = databaseFault(error)
    if (fault === undefined) throw error
    return fault
  }
}

function indexNote(collection: string, text: string, reason: string): string {
  return `An index of ${collection} was left out: ${reason}. Its definition is ${text}`
}

/** The issues that saving a definition would report today. It is imported anyway. */
function faultNotes(
  definition: CollectionDefinition,
  all: readonly CollectionDefinition[],
): string[] {
  const issues = validateDefinition({
    next: definition,
    previous: definition,
    type: definition.type,
    stored: all,
    viewFault: undefined,
    ruleFault: ruleChecker(definition, all),
  })
  return leaves(issues).map(([path, message]) => {
    const isRule = path.endsWith('Rule')
    const consequence = isRule ? ' Until it is corrected, only superusers have access.' : ''
    return `${definition.name}.${path}: ${message}${consequence}`
  })
}

function leaves(issues: Issues, path: readonly string[] = []): [path: string, message: string][] {
  return Object.entries(issues).flatMap(([key, value]) =>
    typeof value['message'] === 'string'
      ? [[[...path, key].join('.'), value['message']] as [string, string]]
      : leaves(value as Issues, [...path, key]),
  )
}
