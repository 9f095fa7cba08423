import { t } from '#dashboard/text/definition-texts.ts'
import { Checkbox, Field, FieldError, TextInput } from '#dashboard/ui/field.tsx'
import type { FieldDefinition } from '#dashboard/schema/definition.ts'
import { fieldKind } from './field-kinds.ts'
import { FieldOptionInput } from './field-option-input.tsx'
import styles from '#dashboard/schema/schema.module.css'

interface OptionsProps {
  readonly id: string
  readonly field: FieldDefinition
  readonly isNew: boolean
  readonly isUnique: boolean
  /** Errors of single options, by key. */
  readonly errorOf: (key: string) => string | undefined
  readonly onChange: (changes: Partial<FieldDefinition>) => void
  readonly onUnique: (isUnique: boolean) => void
}

/** The options of a field: first the type's own, then the common ones. */
export function FieldOptions(props: OptionsProps) {
  const { id, field, isNew, isUnique, errorOf, onChange, onUnique } = props
  const { options, hasRequired } = fieldKind(field.type)
  const isPrimaryKey = field['primaryKey'] === true
  const inputs = options.filter(({ kind }) => kind !== 'bool')
  const switches = options.filter(({ kind }) => kind === 'bool')
  const common = t.schema.fields
  return (
    <div id={id} className={styles.panel} role="group" aria-label={common.optionsOf(field)}>
      {inputs.length > 0 && (
        <div className={styles.pair}>
          {inputs.map((option) => (
            <FieldOptionInput
              key={option.key}
              option={option}
              value={field[option.key]}
              error={errorOf(option.key)}
              isLocked={option.kind === 'collection' && !isNew}
              onChange={(value) => onChange({ [option.key]: value })}
            />
          ))}
        </div>
      )}
      <div className={styles.pair}>
        {switches.map((option) => (
          <div key={option.key}>
            <FieldOptionInput
              option={option}
              value={field[option.key]}
              error={undefined}
              onChange={(value) => onChange({ [option.key]: value })}
            />
            <FieldError id={undefined} error={errorOf(option.key)} />
          </div>
        ))}
        {hasRequired && !isPrimaryKey && (
          <Switch
            label={common.required}
            help={common.requiredHelp}
            isChecked={field.required === true}
            error={errorOf('required')}
            onChange={(required) => onChange({ required })}
          />
        )}
        {!isPrimaryKey && (
          <Switch
            label={common.unique}
            help={common.uniqueHelp}
            isChecked={isUnique}
            error={undefined}
            onChange={onUnique}
          />
        )}
        {!isPrimaryKey && (
          <Switch
            label={common.hidden}
            help={common.hiddenHelp}
            isChecked={field.hidden}
            error={errorOf('hidden')}
            onChange={(hidden) => onChange({ hidden })}
          />
        )}
        <Switch
          label={common.presentable}
          help={common.presentableHelp}
          isChecked={field.presentable}
          error={errorOf('presentable')}
          onChange={(presentable) => onChange({ presentable })}
        />
      </div>
      {hasRequired && (
        <Field label={common.helpText} help={common.helpTextHelp} error={errorOf('help')}>
          {(control) => (
            <TextInput
              {...control}
              value={field.help ?? ''}
              onChange={({ target }) => onChange({ help: target.value })}
            />
          )}
        </Field>
      )}
    </div>
  )
}

interface SwitchProps {
  readonly label: string
  readonly help: string
  readonly isChecked: boolean
  readonly error: string | undefined
  readonly onChange: (isChecked: boolean) => void
}

function Switch({ label, help, isChecked, error, onChange }: SwitchProps) {
  return (
    <div>
      <Checkbox
        label={
          <>
            {label}
            <br />
            <small className={styles.muted}>{help}</small>
          </>
        }
        isChecked={isChecked}
        onChange={onChange}
      />
      <FieldError id={undefined} error={error} />
    </div>
  )
}
