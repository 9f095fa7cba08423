import { Plus } from 'lucide-react'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { FieldError } from '#dashboard/ui/field.tsx'
import { Menu } from '#dashboard/ui/menu.tsx'
import {
  addField,
  changeField,
  type Definition,
  type FieldDefinition,
  isUnique,
  moveField,
  randomText,
  removeField,
  setUnique,
} from '#dashboard/schema/definition.ts'
import { fieldKinds, newField } from './field-kinds.ts'
import { FieldRow } from './field-row.tsx'
import styles from '#dashboard/schema/schema.module.css'
import { useRowDrag } from './use-row-drag.ts'

interface ListProps {
  /** The stored definition; fields missing there are new. */
  readonly base: Definition
  readonly definition: Definition
  readonly errors: ReadonlyMap<string, string>
  readonly onChange: (change: (definition: Definition) => Definition) => void
}

/** The fields of a definition, to be changed. */
export function FieldList({ base, definition, errors, onChange }: ListProps) {
  const { fields } = definition
  const removed = base.fields.filter(({ id }) => !fields.some((field) => field.id === id))
  const drag = useRowDrag((from, to) => onChange((value) => moveField(value, from, to)))
  return (
    <div className={styles.section}>
      <ul className={styles.fields}>
        {fields.map((field, index) => (
          <FieldRow
            key={field.id}
            field={field}
            isNew={!base.fields.some(({ id }) => id === field.id)}
            isUnique={isUnique(definition, field.name)}
            isFirst={index === 0}
            isLast={index === fields.length - 1}
            errors={errorsOf(errors, `fields.${index}`)}
            onChange={(changes) => onChange((value) => changeField(value, field.id, changes))}
            onUnique={(unique) => onChange((value) => setUnique(value, field.name, unique))}
            drop={drag.drop(index)}
            handle={drag.handle(index)}
            onMove={(by) => onChange((value) => moveField(value, index, index + by))}
            onDuplicate={() => onChange((value) => addField(value, copyOf(field, value)))}
            onRemove={() => onChange((value) => removeField(value, field.id))}
          />
        ))}
        {removed.map((field) => (
          <li key={field.id} className={styles.field}>
            <div className={styles.removed}>
              <span>{t.schema.fields.removed(field)}</span>
              <Button size="small" onClick={() => onChange((value) => restore(value, base, field))}>
                {t.schema.fields.restore}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <FieldError id={undefined} error={errors.get('fields')} />
      <div>
        <Menu
          label={t.schema.fields.addLabel}
          items={fieldKinds.map(({ type, label }) => ({
            label,
            onSelect: () => onChange((value) => addField(value, newField(type))),
          }))}
          trigger={(trigger) => (
            <Button {...trigger} icon={Plus}>
              {t.schema.fields.add}
            </Button>
          )}
        />
      </div>
    </div>
  )
}

/** Brings a removed field back with its indexes, to the place it had. */
function restore(definition: Definition, base: Definition, field: FieldDefinition): Definition {
  const at = base.fields.findIndex(({ id }) => id === field.id)
  const fields = definition.fields.toSpliced(at, 0, field)
  const returned = removeField(base, field.id).indexes
  const indexes = base.indexes.filter(
    (sql) => !returned.includes(sql) && !definition.indexes.includes(sql),
  )
  return { ...definition, fields, indexes: [...definition.indexes, ...indexes] }
}

function copyOf(field: FieldDefinition, { fields }: Definition): FieldDefinition {
  let name = `${field.name}_copy`
  while (fields.some((other) => other.name === name)) name += '_copy'
  return { ...field, id: `${field.type}${randomText(10)}`, name, system: false }
}

/** The errors below a path, by the rest of their paths. */
function errorsOf(errors: ReadonlyMap<string, string>, path: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [key, text] of errors) {
    if (key === path) found.set('', text)
    if (key.startsWith(`${path}.`)) found.set(key.slice(path.length + 1), text)
  }
  return found
}
