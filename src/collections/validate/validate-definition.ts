import { getTableName } from 'drizzle-orm'
import * as systemTables from '#database/schema.ts'
import type { FieldIssue, Issues } from '#kernel/errors.ts'
import {
  issuesOf,
  firstIssue,
  length,
  matches,
  oneOf,
  required,
  when,
} from '#go-compat/validation-rules.ts'
import { type DefinitionChange, hasNoVia, isRuleOf } from './definition-check.ts'
import { collectionTypes } from '#catalog/definition.ts'
import { recordRules } from '#filter/syntax/rule-names.ts'
import { definitionIssues, invalidViewQuery } from './issues.ts'
import { validateAuthOptions } from './validate-auth-options.ts'
import { validateFields } from './validate-fields.ts'
import { validateIndexes } from './validate-indexes.ts'

/**
 * All issues of a definition, nested by PocketBase's keys; empty if there are none.
 *
 * Only the database can tell if its statements succeed.
 */
export function validateDefinition(change: DefinitionChange): Issues {
  const { next, previous } = change
  return issuesOf({
    id: previous === undefined ? idFault(change) : undefined,
    system: systemFlagFault(change),
    type: typeFault(change),
    name: nameFault(change),
    fields: validateFields(change),
    ...Object.fromEntries(recordRules.map((rule) => [rule, recordRuleFault(change, rule)])),
    indexes: validateIndexes(change),
    ...(next.type === 'auth' ? validateAuthOptions({ ...change, next }) : {}),
    ...(next.type === 'view' ? viewFaults(next.options.viewQuery, change) : {}),
  })
}

const word = matches(/^\w+$/)

function idFault({ next, stored }: DefinitionChange): FieldIssue | undefined {
  const isFree = () =>
    stored.some(({ id }) => id === next.id) ? definitionIssues.invalidId : undefined
  return firstIssue(next.id, required, length(1, 100), word, isFree)
}

function systemFlagFault({ next, previous }: DefinitionChange): FieldIssue | undefined {
  const isChanged = previous !== undefined && previous.system !== next.system
  return isChanged ? definitionIssues.systemFlagChange : undefined
}

function typeFault({ previous, type }: DefinitionChange): FieldIssue | undefined {
  const isUnchanged = () =>
    previous !== undefined && previous.type !== type ? definitionIssues.typeChange : undefined
  return firstIssue(type, oneOf(...collectionTypes), isUnchanged)
}

function nameFault(change: DefinitionChange): FieldIssue | undefined {
  const { next, previous } = change
  const isFixed = previous?.system === true && previous.name !== next.name
  return firstIssue(
    next.name,
    required,
    length(1, 255),
    hasNoVia,
    word,
    when(isFixed, () => definitionIssues.systemNameChange),
    () => takenNameFault(change),
  )
}

function takenNameFault({ next, previous, stored }: DefinitionChange): FieldIssue | undefined {
  const name = next.name.toLowerCase()
  const others = stored.filter(({ id }) => id !== previous?.id)
  if (others.some((other) => other.name.toLowerCase() === name)) return definitionIssues.nameExists
  if (stored.some(({ id }) => id === next.name)) return definitionIssues.nameIsId
  const isNew = previous?.name !== next.name
  return isNew && isInternal(name) ? definitionIssues.nameIsInternal : undefined
}

const internalTables = new Set([...Object.values(systemTables).map(getTableName), '_abort'])
/** Prefixes reserved by SQLite and D1. */
const reservedPrefixes = ['sqlite_', '_cf_', 'd1_']

function isInternal(name: string): boolean {
  return internalTables.has(name) || reservedPrefixes.some((prefix) => name.startsWith(prefix))
}

function recordRuleFault(
  change: DefinitionChange,
  name: (typeof recordRules)[number],
): FieldIssue | undefined {
  const { next, previous } = change
  const rule = next[name]
  const isRead = name === 'listRule' || name === 'viewRule'
  if (next.type === 'view' && !isRead && rule !== null) return definitionIssues.mustBeNull
  return isRuleOf(change, previous?.[name])(rule)
}

function viewFaults(query: string, { viewFault }: DefinitionChange): Issues {
  const runs = () => (viewFault === undefined ? undefined : invalidViewQuery(viewFault))
  return issuesOf({ viewQuery: firstIssue(query, required, runs) })
}
