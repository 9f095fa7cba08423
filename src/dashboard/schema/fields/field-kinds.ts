import { t } from '#dashboard/text/definition-texts.ts'
import { type FieldDefinition, randomText } from '#dashboard/schema/definition.ts'

/** The editor of a field's option. */
export type OptionKind =
  | 'bool'
  | 'collection'
  | 'count'
  | 'date'
  | 'lines'
  | 'number'
  | 'pattern'
  | 'text'

/** An option that the fields of a type have. */
export interface FieldOption {
  readonly key: string
  readonly kind: OptionKind
  readonly label: string
  readonly help?: string
}

/** A field type in the editor of definitions. */
export interface FieldKind {
  readonly type: string
  readonly label: string
  /** Two letters that stand for the type. */
  readonly letters: string
  readonly options: readonly FieldOption[]
  /** The initial options of a new field. */
  readonly initial?: Readonly<Record<string, unknown>>
  /** Time stamps are never empty, so they have neither this option nor a help text. */
  readonly hasRequired: boolean
}

const { options: labels, help } = t.fieldTypes

function option(key: keyof typeof labels, kind: OptionKind, helpText?: string): FieldOption {
  return { key, kind, label: labels[key], ...(helpText === undefined ? {} : { help: helpText }) }
}

const minLength: FieldOption = { key: 'min', kind: 'count', label: labels.minLength }
const maxLength: FieldOption = {
  key: 'max',
  kind: 'count',
  label: labels.maxLength,
  help: help.maxLength,
}
const pattern = option('pattern', 'pattern', help.pattern)
const maxSize = option('maxSize', 'count', help.maxSize)
const maxSelect = option('maxSelect', 'count', help.maxSelect)
const domains = [
  option('onlyDomains', 'lines', help.oneALine),
  option('exceptDomains', 'lines', help.oneALine),
]

function kindOf(
  type: keyof Omit<typeof t.fieldTypes, 'help' | 'options'>,
  letters: string,
  options: readonly FieldOption[],
  initial?: FieldKind['initial'],
): FieldKind {
  return {
    type,
    label: t.fieldTypes[type],
    letters,
    options,
    hasRequired: type !== 'autodate',
    ...(initial === undefined ? {} : { initial }),
  }
}

/** All types of fields, the most used first. */
export const fieldKinds: readonly FieldKind[] = [
  kindOf('text', 'Tx', [
    minLength,
    maxLength,
    pattern,
    option('autogeneratePattern', 'pattern', help.autogeneratePattern),
  ]),
  kindOf('number', 'Nu', [
    option('min', 'number'),
    option('max', 'number'),
    option('onlyInt', 'bool'),
  ]),
  kindOf('bool', 'Bo', []),
  kindOf('date', 'Da', [option('min', 'date'), option('max', 'date')]),
  kindOf('select', 'Se', [option('values', 'lines', help.oneALine), maxSelect], {
    values: [],
    maxSelect: 1,
  }),
  kindOf(
    'relation',
    'Re',
    [
      option('collectionId', 'collection'),
      option('minSelect', 'count'),
      maxSelect,
      option('cascadeDelete', 'bool'),
    ],
    { collectionId: '', maxSelect: 1 },
  ),
  kindOf(
    'file',
    'Fi',
    [
      maxSelect,
      maxSize,
      option('mimeTypes', 'lines', help.mimeTypes),
      option('thumbs', 'lines', help.thumbs),
      option('protected', 'bool'),
    ],
    { maxSelect: 1 },
  ),
  kindOf('editor', 'Ri', [maxSize, option('convertURLs', 'bool')]),
  kindOf('email', 'Em', domains),
  kindOf('url', 'Ur', domains),
  kindOf('json', 'Js', [maxSize]),
  kindOf('geoPoint', 'Ge', []),
  kindOf('autodate', 'Au', [option('onCreate', 'bool'), option('onUpdate', 'bool')], {
    onCreate: true,
  }),
  kindOf('password', 'Pa', [minLength, maxLength, pattern, option('cost', 'count', help.cost)]),
]

/** The type with this name; one of a newer server has no options here. */
export function fieldKind(type: string): FieldKind {
  return (
    fieldKinds.find((known) => known.type === type) ?? {
      type,
      label: type,
      letters: '··',
      options: [],
      hasRequired: true,
    }
  )
}

/** A new field. Its id is made here, so that it stays the same while its name is typed. */
export function newField(type: string, name = ''): FieldDefinition {
  return {
    hidden: false,
    presentable: false,
    ...(type === 'autodate' ? {} : { required: false }),
    ...fieldKind(type).initial,
    id: `${type}${randomText(10)}`,
    name,
    type,
    system: false,
  }
}

/** The time stamps that new collections begin with. */
export function timeStamps(): readonly FieldDefinition[] {
  return [
    { ...newField('autodate', 'created'), onCreate: true, onUpdate: false },
    { ...newField('autodate', 'updated'), onCreate: true, onUpdate: true },
  ]
}
