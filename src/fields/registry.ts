import { autodateField } from './autodate.ts'
import { boolField } from './bool.ts'
import { dateField } from './date.ts'
import { editorField } from './editor.ts'
import { emailField } from './email.ts'
import type { Field, FieldDefinition, FieldType } from '#fields/definition/field-type.ts'
import { fileField } from './file.ts'
import { geoPointField } from './geo-point.ts'
import { jsonField } from './json.ts'
import { numberField } from './number.ts'
import { passwordField } from './password.ts'
import { relationField } from './relation.ts'
import { selectField } from './select.ts'
import { textField } from './text.ts'
import { urlField } from './url.ts'

/** Every field type, by its name in the API. */
export const fieldTypes: ReadonlyMap<string, FieldType> = new Map(
  [
    autodateField,
    boolField,
    dateField,
    editorField,
    emailField,
    fileField,
    geoPointField,
    jsonField,
    numberField,
    passwordField,
    relationField,
    selectField,
    textField,
    urlField,
  ].map((fieldType) => [fieldType.type, fieldType]),
)

/**
 * Compiles a stored definition to a field.
 *
 * @throws {Error} If the type is unknown, since stored definitions are valid.
 */
export function compileField(definition: FieldDefinition): Field {
  const fieldType = fieldTypes.get(definition.type)
  if (fieldType === undefined) throw new Error(`There is no field type "${definition.type}".`)
  return fieldType.compile(definition)
}
