/* The issues of a definition, with PocketBase's codes and messages. */
import type { FieldIssue } from '#kernel/errors.ts'

function issue(code: string, message: string, params?: FieldIssue['params']): FieldIssue {
  return params === undefined ? { code, message } : { code, message, params }
}

/** Issues without parameters. */
export const definitionIssues = {
  invalidId: issue(
    'validation_invalid_or_existing_id',
    'The model id is invalid or already exists.',
  ),
  forbiddenValue: issue('validation_not_in_invalid', 'Must not be in list.'),
  mustBeNull: issue('validation_nil', 'Must be blank.'),
  mustBeNullOrFilled: issue('validation_nil_or_not_empty_required', 'Cannot be blank.'),
  containsVia: issue('validation_found_via', 'The value cannot contain "_via_".'),
  systemNameChange: issue(
    'validation_collection_system_name_change',
    'System collection name cannot be changed.',
  ),
  nameExists: issue(
    'validation_collection_name_exists',
    'Collection name must be unique (case insensitive).',
  ),
  nameIsId: issue(
    'validation_collection_name_id_duplicate',
    'The name must not match an existing collection id.',
  ),
  nameIsInternal: issue(
    'validation_collection_name_invalid',
    "The name shouldn't match with an existing internal table.",
  ),
  systemFlagChange: issue(
    'validation_collection_system_flag_change',
    'System collection state cannot be changed.',
  ),
  typeChange: issue('validation_collection_type_change', 'Collection type cannot be changed.'),
  systemRuleChange: issue(
    'validation_collection_system_rule_change',
    'System collection API rule cannot be changed.',
  ),
  missingPrimaryKey: issue('validation_missing_primary_key', 'Missing or invalid "id" PK field.'),
  mustBeSystem: issue('validation_must_be_system', 'The field must be marked as "System".'),
  mustBeSystemAndHidden: issue(
    'validation_must_be_system_and_hidden',
    'The field must be marked as "System" and "Hidden".',
  ),
  systemFieldChange: issue(
    'validation_system_field_change',
    'System fields cannot be deleted or renamed.',
  ),
  fieldTypeChange: issue('validation_field_type_change', 'Field type cannot be changed.'),
  reservedFieldName: issue(
    'validation_reserved_field_name',
    'The field name is reserved and cannot be used.',
  ),
  indexesNotSupported: issue(
    'validation_indexes_not_supported',
    "View collections don't support indexes.",
  ),
  duplicatedIndexName: issue('validation_duplicated_index_name', 'The index name already exists.'),
  duplicatedIndexDefinition: issue(
    'validation_duplicated_index_definition',
    'The index definition already exists.',
  ),
  notEnoughAuthMethods: issue(
    'validation_mfa_not_enough_auths',
    'MFA requires at least 2 auth methods to be enabled.',
  ),
} as const satisfies Record<string, FieldIssue>

/** A rule that the filter language rejects. */
export function invalidRule(fault: string): FieldIssue {
  return issue('validation_invalid_rule', `Invalid rule. Raw error: ${fault}`)
}

/** Two fields with the same id. */
export function duplicatedFieldId(id: string): FieldIssue {
  return issue(
    'validation_duplicated_field_id',
    `Duplicated or invalid field id ${JSON.stringify(id)}`,
  )
}

/** Two fields with the same name, ignoring case. */
export function duplicatedFieldName(fieldName: string): FieldIssue {
  const message = `Duplicated or invalid field name ${fieldName}`
  return issue('validation_duplicated_field_name', message, { fieldName })
}

/** An auth collection lacks a required field. */
export function missingAuthField(name: string): FieldIssue {
  return issue(`validation_missing_${name}_field`, `System "${name}" field is required.`)
}

/** More fields than a table of D1 can have. */
export function tooManyFields(max: number): FieldIssue {
  return issue('validation_too_many_fields', `A collection has at most ${max} fields.`, { max })
}

/** An invalid CREATE INDEX statement, or one that the database rejects. */
export function invalidIndex(message = 'Invalid CREATE INDEX expression.'): FieldIssue {
  return issue('validation_invalid_index_expression', message)
}

/** An index of another collection has this name. */
export function usedIndexName(usedTableName: string): FieldIssue {
  const message = `The index name is already used in ${usedTableName} collection.`
  return issue('validation_existing_index_name', message, { usedTableName })
}

/** A UNIQUE index on a system field was removed or changed. */
export function changedSystemIndex(fieldName: string): FieldIssue {
  const message = `Unique index definition on system fields (${fieldName}) is invalid or missing.`
  return issue('validation_invalid_unique_system_field_index', message, { fieldName })
}

/** An auth collection lacks a required index. */
export function missingUniqueIndex(fieldName: string): FieldIssue {
  const message = `Missing required unique index for field "${fieldName}".`
  return issue('validation_missing_required_unique_index', message, { fieldName })
}

/** The query of a view fails, or does not return records. */
export function invalidViewQuery(fault: string): FieldIssue {
  return issue('validation_invalid_view_query', `Invalid query - ${fault}`.slice(0, 500))
}

/** An identity field that does not exist. */
export function missingIdentityField(fieldName: string): FieldIssue {
  return issue('validation_missing_field', `Invalid or missing field ${fieldName}`, { fieldName })
}

/** An identity field whose values may repeat. */
export function ambiguousIdentityField(fieldName: string): FieldIssue {
  const message = `The field ${fieldName} doesn't have a UNIQUE constraint.`
  return issue('validation_missing_unique_constraint', message, { fieldName })
}

/** An unknown provider. */
export function unknownProvider(name: string): FieldIssue {
  const message = `Invalid or missing provider with name ${name}.`
  return issue('validation_missing_provider', message, { name })
}

/** A method that cannot be a second factor. */
export function unknownMethod(name: string): FieldIssue {
  return issue('validation_unknown_method', `${name} is not a method of authentication.`, { name })
}

/** A duplicate provider. */
export function duplicatedProvider(name: string): FieldIssue {
  const message = `The provider ${name} is already registered.`
  return issue('validation_duplicated_provider', message, { name })
}
