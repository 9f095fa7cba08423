import type { CollectionField, CollectionModel, RecordModel } from 'pocketbase'
import type { ReactNode } from 'react'

/** The props of a value's table cell. */
export interface CellProps {
  readonly field: CollectionField
  readonly value: unknown
  readonly record: RecordModel
  readonly collection: CollectionModel
  readonly collections: readonly CollectionModel[]
}

/** The props of a value's editor. */
export interface InputProps {
  readonly field: CollectionField
  readonly value: unknown
  readonly onChange: (value: unknown) => void
  readonly error: string | undefined
  readonly record: RecordModel | undefined
  readonly collection: CollectionModel
  readonly collections: readonly CollectionModel[]
  readonly isReadOnly: boolean
}

/** The props of a value's editor within a cell of a table. */
export interface InlineProps {
  readonly field: CollectionField
  readonly value: unknown
  readonly onChange: (value: unknown) => void
  /** Saves a value that was chosen from a list. */
  readonly onChoose: (value: unknown) => void
  readonly collections: readonly CollectionModel[]
  /** Names and describes the control. */
  readonly control: {
    readonly 'aria-label': string
    readonly 'aria-invalid': true | undefined
    readonly 'aria-describedby': string | undefined
  }
}

/** The form that values of a type have in a file. */
export interface CsvCodec {
  readonly write: (value: unknown) => string
  readonly read: (text: string, field: CollectionField) => unknown
}

/** All that the dashboard knows about a type of field. Nothing else asks which type a field has. */
export interface FieldType {
  /** Two letters that stand for the type. */
  readonly letters: string
  readonly label: string
  /** Pixels that a column has at first. */
  readonly width: number
  readonly align?: 'end'
  /** A plain word in the filter line is looked for in such fields. */
  readonly isText?: boolean
  /** False where the order of the values means nothing. */
  readonly isSortable?: boolean
  /** The value of a new record. */
  readonly initial: (field: CollectionField) => unknown
  /** Nothing, where values are never returned. */
  readonly Cell?: (props: CellProps) => ReactNode
  /** Nothing, where the server sets the value. */
  readonly Input?: (props: InputProps) => ReactNode
  /** Nothing, where values are edited in the panel only. */
  readonly Inline?: (props: InlineProps) => ReactNode
  /** False for a value that needs more room than a cell; true by default. */
  readonly fitsInline?: (field: CollectionField, value: unknown) => boolean
  /** True where the API can add to a value and take from it: `views+`, `tags-`. */
  readonly hasModifiers?: (field: CollectionField) => boolean
  /** False for values that only one record can have. */
  readonly isShareable?: false
  /** Nothing, where values are in no file of a table. */
  readonly csv?: CsvCodec
  /** True for values that are neither stored in a draft nor copied. */
  readonly isSecret?: boolean
}

/** The number of an option of a field; undefined when it is not set. */
export function numberOption(field: CollectionField, name: string): number | undefined {
  const value: unknown = field[name]
  return typeof value === 'number' && value !== 0 ? value : undefined
}

/** The texts of an option that is a list. */
export function listOption(field: CollectionField, name: string): readonly string[] {
  const value: unknown = field[name]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** True for fields whose value is a list. */
export function isMultiple(field: CollectionField): boolean {
  return (numberOption(field, 'maxSelect') ?? 1) > 1
}

/** A value of one or of many as a list without empty entries. */
export function asList<Item = string>(value: unknown): Item[] {
  const list = Array.isArray(value) ? value : [value]
  return list.filter((item) => item !== undefined && item !== null && item !== '') as Item[]
}

/** A value as the text that an input shows. */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (value instanceof InvalidInput) return value.text
  return typeof value === 'string'
    ? value
    : typeof value === 'number'
      ? String(value)
      : JSON.stringify(value)
}

/** Text that was typed where a value of another form is needed. It is never sent. */
export class InvalidInput {
  readonly text: string
  /** The reason why it is invalid. */
  readonly message: string

  constructor(text: string, message: string) {
    this.text = text
    this.message = message
  }
}
