import {
  ArrowDown,
  ArrowUp,
  Copy,
  Ellipsis,
  GripVertical,
  SlidersHorizontal,
  Trash2,
} from 'lucide-react'
import { useId, useState } from 'react'
import { t } from '#dashboard/text/definition-texts.ts'
import { IconButton } from '#dashboard/ui/button.tsx'
import { FieldError, TextInput } from '#dashboard/ui/field.tsx'
import { Menu } from '#dashboard/ui/menu.tsx'
import { Mark, TypeMark } from '#dashboard/ui/states.tsx'
import type { FieldDefinition } from '#dashboard/schema/definition.ts'
import { fieldKind } from './field-kinds.ts'
import { FieldOptions } from './field-options.tsx'
import styles from '#dashboard/schema/schema.module.css'
import type { DropProps, HandleProps } from './use-row-drag.ts'

interface RowProps {
  readonly field: FieldDefinition
  readonly isNew: boolean
  readonly isUnique: boolean
  readonly isFirst: boolean
  readonly isLast: boolean
  /** Errors of this field, by option. */
  readonly errors: ReadonlyMap<string, string>
  readonly onChange: (changes: Partial<FieldDefinition>) => void
  readonly onUnique: (isUnique: boolean) => void
  readonly drop: DropProps
  readonly handle: HandleProps
  readonly onMove: (by: 1 | -1) => void
  readonly onDuplicate: () => void
  readonly onRemove: () => void
}

/** A field: its type, its name, what is particular about it, and its options when asked for. */
export function FieldRow(props: RowProps) {
  const { field, isNew, isUnique, errors, drop, handle, onChange } = props
  const panelId = useId()
  const errorId = useId()
  const [isWanted, setWanted] = useState(() => needsOptions(field))
  const nameError = errors.get('name') ?? errors.get('id') ?? errors.get('')
  const hasOptionErrors = [...errors.keys()].some((key) => !['', 'id', 'name'].includes(key))
  const isOpen = isWanted || hasOptionErrors
  const { letters, label } = fieldKind(field.type)
  const named = { name: field.name === '' ? t.schema.fields.unnamed : field.name }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dropped on by pointers; the menu moves it by keyboard
    <li className={styles.field} {...drop}>
      <div className={styles.row}>
        <div className={styles.name}>
          <span
            className={styles.grip}
            title={t.schema.fields.drag({ name: field.name })}
            aria-hidden
            {...handle}
          >
            <GripVertical size={16} strokeWidth={1.75} />
          </span>
          <TypeMark letters={letters} />
          {field.system ? (
            <span className={styles.fixed} title={t.schema.fields.systemField}>
              {field.name}
            </span>
          ) : (
            <TextInput
              value={field.name}
              placeholder={t.schema.name}
              aria-label={isNew ? t.schema.fields.newNameLabel : t.schema.fields.nameLabel}
              aria-invalid={nameError === undefined ? undefined : true}
              aria-describedby={nameError === undefined ? undefined : errorId}
              // oxlint-disable-next-line jsx-a11y/no-autofocus -- a field was just added to be named
              autoFocus={isNew && field.name === ''}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              maxLength={100}
              onChange={({ target }) => onChange({ name: target.value.trim() })}
            />
          )}
        </div>
        <div className={styles.marks}>
          <span className={styles.typeLabel}>{label}</span>
          {field.system && <Mark>{t.schema.fields.system}</Mark>}
          {field.required === true && !field.system && <Mark>{t.schema.fields.required}</Mark>}
          {isUnique && <Mark>{t.schema.fields.unique}</Mark>}
          {field.hidden && <Mark>{t.schema.fields.hidden}</Mark>}
          {field.presentable && <Mark>{t.schema.fields.presentable}</Mark>}
        </div>
        <div className={styles.tools}>
          <IconButton
            icon={SlidersHorizontal}
            label={t.schema.fields.optionsOf(named)}
            aria-expanded={isOpen}
            aria-controls={isOpen ? panelId : undefined}
            onClick={() => setWanted(!isWanted)}
          />
          <RowMenu {...props} name={named.name} />
        </div>
      </div>
      {nameError !== undefined && (
        <div className={styles.fieldError}>
          <FieldError id={errorId} error={nameError} />
        </div>
      )}
      {isOpen && (
        <FieldOptions
          id={panelId}
          field={field}
          isNew={isNew}
          isUnique={isUnique}
          errorOf={(key) => errorWithin(errors, key)}
          onChange={onChange}
          onUnique={props.onUnique}
        />
      )}
    </li>
  )
}

function RowMenu(props: RowProps & { readonly name: string }) {
  const { field, isFirst, isLast, name, onMove, onDuplicate, onRemove } = props
  const label = t.schema.fields.actionsOf({ name })
  const lockedReason = field.system ? t.schema.fields.systemField : undefined
  return (
    <Menu
      label={label}
      items={[
        ...(isFirst
          ? []
          : [{ label: t.general.moveUp, icon: ArrowUp, onSelect: () => onMove(-1) }]),
        ...(isLast
          ? []
          : [{ label: t.general.moveDown, icon: ArrowDown, onSelect: () => onMove(1) }]),
        {
          label: t.schema.fields.duplicate,
          icon: Copy,
          disabledReason: lockedReason,
          onSelect: onDuplicate,
        },
        {
          label: t.general.remove,
          icon: Trash2,
          look: 'danger',
          disabledReason: lockedReason,
          onSelect: onRemove,
        },
      ]}
      trigger={(trigger) => <IconButton {...trigger} icon={Ellipsis} label={label} />}
    />
  )
}

/** A new choice or relation is of no use without its options. */
function needsOptions(field: FieldDefinition): boolean {
  if (field.type === 'relation') return field['collectionId'] === ''
  return field.type === 'select' && Array.isArray(field['values']) && field['values'].length === 0
}

/** The error of an option, or the first of its parts. */
function errorWithin(errors: ReadonlyMap<string, string>, key: string): string | undefined {
  for (const [path, text] of errors) {
    if (path === key || path.startsWith(`${key}.`)) return text
  }
  return undefined
}
