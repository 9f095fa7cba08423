import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { fieldTypes } from '#fields/registry.ts'
import { type FieldIssue, type Issues, required as blank } from '#kernel/errors.ts'
import { eachFault, issuesOf, firstIssue, length, required } from '#go-compat/validation-rules.ts'
import { type DefinitionChange, fieldById, unlessFaultless } from './definition-check.ts'
import { fieldNameFault } from './field-name.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import {
  definitionIssues,
  duplicatedFieldId,
  duplicatedFieldName,
  missingAuthField,
  tooManyFields,
} from './issues.ts'
import { maxFields } from '#collections/schema/sync-table.ts'
import { authFields } from '#catalog/system-fields.ts'

/** Validates the list of fields. Returns the first kind of issue found, in this order. */
export function validateFields(change: DefinitionChange): FieldIssue | Issues | undefined {
  const checks = [
    duplicates,
    missingFields,
    ...(change.next.type === 'view' ? [] : [changedSystemFields, changedTypes]),
    ...(change.next.type === 'auth' ? [reservedNames] : []),
    faultySettings,
  ]
  for (const check of checks) {
    const finding = check(change)
    if (finding !== undefined) return finding
  }
  return undefined
}

function duplicates({ next: { fields } }: DefinitionChange): Issues | undefined {
  for (const [at, field] of fields.entries()) {
    const earlier = fields.slice(0, at)
    if (fieldById(earlier, field.id) !== undefined) {
      return { [at]: { id: duplicatedFieldId(field.id) } }
    }
    const name = field.name.toLowerCase()
    if (earlier.some((other) => other.name.toLowerCase() === name)) {
      return { [at]: { name: duplicatedFieldName(field.name) } }
    }
  }
  return undefined
}

function missingFields({ next, viewFault }: DefinitionChange): FieldIssue | Issues | undefined {
  // An invalid view query has no fields. PocketBase distinguishes this error from the others.
  const hasNoId = viewFault?.startsWith('missing required id column') === true
  if (next.fields.length === 0) return hasNoId ? definitionIssues.missingPrimaryKey : blank
  if (next.fields.length > maxFields) return tooManyFields(maxFields)
  const id = next.fields.find(({ name, type }) => name === 'id' && type === 'text')
  if (id?.['primaryKey'] !== true) return definitionIssues.missingPrimaryKey
  return next.type === 'auth' ? missingAuthFields(next.fields) : undefined
}

function missingAuthFields(fields: readonly FieldDefinition[]): FieldIssue | Issues | undefined {
  for (const { name, type, hidden } of authFields) {
    const field = fields.find((other) => other.name === name && other.type === type)
    if (field === undefined) return missingAuthField(name)
    if (hidden && !(field.system && field.hidden)) {
      return { [name]: definitionIssues.mustBeSystemAndHidden }
    }
    if (!field.system) return { [name]: definitionIssues.mustBeSystem }
  }
  return undefined
}

function changedSystemFields({ next, previous }: DefinitionChange): FieldIssue | undefined {
  const isKept = ({ id, name }: FieldDefinition) => fieldById(next.fields, id)?.name === name
  const systemFields = previous?.fields.filter(({ system }) => system) ?? []
  return systemFields.every(isKept) ? undefined : definitionIssues.systemFieldChange
}

function changedTypes({ next, previous }: DefinitionChange): Issues | undefined {
  const issues = eachFault(next.fields, ({ id, type }) => {
    const stored = fieldById(previous?.fields ?? [], id)
    const isChanged = stored !== undefined && stored.type !== type
    return isChanged ? definitionIssues.fieldTypeChange : undefined
  })
  return unlessFaultless(issues)
}

const reservedAuthNames = ['passwordConfirm', 'oldPassword']

function reservedNames({ next }: DefinitionChange): Issues | undefined {
  const issues = eachFault(next.fields, ({ name }) =>
    reservedAuthNames.includes(name) ? { name: definitionIssues.reservedFieldName } : undefined,
  )
  return unlessFaultless(issues)
}

function faultySettings(change: DefinitionChange): Issues | undefined {
  const { next, previous, stored } = change
  const issues = eachFault(next.fields, (field) => ({
    ...fieldTypes.get(field.type)?.validateOptions(field, {
      collectionType: next.type,
      collectionId: next.id,
      previous: fieldById(previous?.fields ?? [], field.id),
      siblings: next.fields,
      collection: (id) => collectionWithId(stored, id),
    }),
    ...commonFaults(field),
  }))
  return unlessFaultless(issues)
}

/** None if an older collection has the id as its name, since that name would find the older one. */
function collectionWithId(
  stored: readonly CollectionDefinition[],
  id: string,
): CollectionDefinition | undefined {
  const name = id.toLowerCase()
  const found = stored.find((other) => other.id === id || other.name.toLowerCase() === name)
  return found?.id === id ? found : undefined
}

function commonFaults({ id, name, help }: FieldDefinition): Issues {
  return issuesOf({
    id: firstIssue(id, required, length(1, 100)),
    name: fieldNameFault(name),
    help: firstIssue(help, length(1, 300)),
  })
}
