import type { CollectionField } from 'pocketbase'
import { autodate } from './autodate.tsx'
import { bool } from './bool.tsx'
import { date } from './date.tsx'
import { editor } from './editor.tsx'
import { email } from './email.tsx'
import type { FieldType } from './field-type.ts'
import { file } from './file.tsx'
import { geoPoint } from './geo-point.tsx'
import { json } from './json.tsx'
import { number } from './number.tsx'
import { password } from './password.tsx'
import { relation } from './relation.tsx'
import { select } from './select.tsx'
import { text } from './text.tsx'
import { unknown } from './unknown.tsx'
import { url } from './url.tsx'

const types: ReadonlyMap<string, FieldType> = new Map(
  Object.entries({
    text,
    editor,
    number,
    bool,
    email,
    url,
    date,
    autodate,
    select,
    relation,
    file,
    json,
    geoPoint,
    password,
  }),
)

/** The type of a field. */
export function fieldTypeOf({ type }: CollectionField): FieldType {
  return types.get(type) ?? unknown
}
