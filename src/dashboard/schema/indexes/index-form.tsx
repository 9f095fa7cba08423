import { Trash2 } from 'lucide-react'
import { useId } from 'react'
import { ItemList, moved } from '#dashboard/fields/input/item-list.tsx'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Checkbox, Field, FieldGroup, Select, TextArea, TextInput } from '#dashboard/ui/field.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import type { Definition } from '#dashboard/schema/definition.ts'
import { type IndexParts, readIndex, writeIndex } from './index-sql.ts'
import styles from '#dashboard/schema/schema.module.css'

interface FormProps {
  readonly definition: Definition
  readonly sql: string
  readonly number: number
  readonly error: string | undefined
  readonly onChange: (sql: string) => void
  readonly onRemove: () => void
}

const texts = t.schema.indexes

/** An index as a form, with the same as SQL beneath. Each follows the other. */
export function IndexForm({ definition, sql, number, error, onChange, onRemove }: FormProps) {
  const titleId = useId()
  const parts = readIndex(sql)
  const name = parts?.name ?? texts.label({ number })
  return (
    <section className={styles.index} aria-labelledby={titleId}>
      <div className={styles.indexHead}>
        <h3 id={titleId}>{name}</h3>
        <Button size="small" icon={Trash2} aria-label={texts.remove({ name })} onClick={onRemove}>
          {t.general.remove}
        </Button>
      </div>
      {parts === undefined ? (
        <Note>{texts.onlySql}</Note>
      ) : (
        <Parts
          definition={definition}
          parts={parts}
          onChange={(changes) => onChange(writeIndex({ ...parts, ...changes }))}
        />
      )}
      <Field label={texts.sql} error={error}>
        {(control) => (
          <TextArea
            {...control}
            isMono
            rows={2}
            value={sql}
            spellCheck={false}
            onChange={({ target }) => onChange(target.value)}
          />
        )}
      </Field>
    </section>
  )
}

interface PartsProps {
  readonly definition: Definition
  readonly parts: IndexParts
  readonly onChange: (changes: Partial<IndexParts>) => void
}

function Parts({ definition, parts, onChange }: PartsProps) {
  const { name, columns, isUnique, condition } = parts
  const others = definition.fields.filter((field) => !columns.includes(field.name))
  return (
    <>
      <div className={styles.pair}>
        <Field label={texts.name}>
          {(control) => (
            <TextInput
              {...control}
              value={name}
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => {
                if (/^\w+$/.test(target.value)) onChange({ name: target.value })
              }}
            />
          )}
        </Field>
        <Field label={texts.condition} help={texts.conditionHelp}>
          {(control) => (
            <TextInput
              {...control}
              isMono
              value={condition}
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => onChange({ condition: target.value })}
            />
          )}
        </Field>
      </div>
      <FieldGroup label={texts.columns} help={texts.columnsHelp}>
        <ItemList
          items={columns.map((column) => ({
            key: column,
            name: column,
            content: <code className={styles.column}>{column}</code>,
          }))}
          isReadOnly={columns.length === 1 && others.length === 0}
          onMove={(from, to) => onChange({ columns: moved(columns, from, to) })}
          onRemove={(key) => {
            if (columns.length > 1) onChange({ columns: columns.filter((one) => one !== key) })
          }}
        />
        {others.length > 0 && (
          <Select
            aria-label={texts.addColumn}
            value=""
            options={[
              { value: '', label: texts.addColumn },
              ...others.map((field) => ({ value: field.name, label: field.name })),
            ]}
            onChange={(column) => column !== '' && onChange({ columns: [...columns, column] })}
          />
        )}
      </FieldGroup>
      <Checkbox
        label={texts.uniqueLabel}
        isChecked={isUnique}
        onChange={(isNowUnique) => onChange({ isUnique: isNowUnique })}
      />
    </>
  )
}
