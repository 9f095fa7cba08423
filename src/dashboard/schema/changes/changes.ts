import { type RuleName, ruleNames } from '#filter/syntax/rule-names.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { isSame } from '#dashboard/shell/draft/same-value.ts'
import { brokenBy } from './broken-limits.ts'
import { type Definition, type FieldDefinition, ruleOf } from '#dashboard/schema/definition.ts'
import { dependentsOf } from './dependents.ts'
import { fieldKind } from '#dashboard/schema/fields/field-kinds.ts'

/** One line of what saving a definition does. */
export interface Change {
  readonly key: string
  readonly text: string
  /** True where data is lost or access is opened: it has to be ticked. */
  readonly needsConsent: boolean
  readonly before?: string
  readonly after?: string
  /** The field whose values are lost. */
  readonly dropped?: FieldDefinition
  /** The rules and queries that name a field which is no longer there. */
  readonly namedBy?: readonly string[]
  /** The words that allow it, where the plan says that stored values are concerned. */
  readonly allow?: readonly string[]
  /** True if it takes long: many records are copied or indexed. */
  readonly isSlow?: boolean
  /** True if more callers have access afterwards. */
  readonly opens?: boolean
  /** A filter for the stored records that break new limits. */
  readonly broken?: string
}

const rules: readonly string[] = ruleNames
const ignored = new Set([...rules, 'fields', 'indexes', 'name', 'updated', 'created', 'viewQuery'])

/** The differences between two definitions, in order of importance. */
export function changesBetween(
  base: Definition,
  next: Definition,
  collections: readonly Definition[],
): Change[] {
  return [
    ...nameChange(base, next),
    ...fieldChanges(base, next, collections),
    ...ruleChanges(base, next),
    ...textChange('indexes', t.schema.changes.indexes, base.indexes, next.indexes),
    ...textChange(
      'viewQuery',
      t.schema.changes.option({ key: t.schema.query.title }),
      [base.viewQuery ?? ''],
      [next.viewQuery ?? ''],
    ),
    ...Object.keys(next)
      .filter((key) => !ignored.has(key) && !isSame(base[key], next[key]))
      .map((key) => ({
        key,
        text: t.schema.changes.option({ key: partLabel(key) }),
        needsConsent: false,
      })),
  ]
}

function nameChange(base: Definition, next: Definition): Change[] {
  if (base.name === next.name) return []
  const text = t.schema.changes.name({ from: base.name, to: next.name })
  return [{ key: 'name', text, needsConsent: true }]
}

function fieldChanges(
  base: Definition,
  next: Definition,
  collections: readonly Definition[],
): Change[] {
  const { changes } = t.schema
  const before = new Map(base.fields.map((field) => [field.id, field]))
  const kept = new Set(next.fields.map(({ id }) => id))
  const namedBy = ({ name }: FieldDefinition): string[] =>
    next.fields.some((field) => field.name === name) ? [] : dependentsOf(name, next, collections)
  const dropped = base.fields
    .filter(({ id }) => !kept.has(id))
    .map((field) => ({
      key: `drop ${field.id}`,
      text: droppedText(field, next),
      needsConsent: true,
      dropped: field,
      namedBy: namedBy(field),
    }))
  const others = next.fields.flatMap((field) => {
    const old = before.get(field.id)
    return old === undefined
      ? [{ key: `add ${field.id}`, text: changes.added(field), needsConsent: false }]
      : changesOfField(old, field, old.name === field.name ? [] : namedBy(old))
  })
  const orderOf = (fields: readonly FieldDefinition[], other: ReadonlySet<string>): string =>
    fields.flatMap(({ id }) => (other.has(id) ? [id] : [])).join()
  const isMoved = orderOf(base.fields, kept) !== orderOf(next.fields, new Set(before.keys()))
  return [
    ...dropped,
    ...others,
    ...(isMoved ? [{ key: 'order', text: changes.order, needsConsent: false }] : []),
  ]
}

/** A field whose name is used by a new one is replaced: its values do not move. */
function droppedText(field: FieldDefinition, { fields }: Definition): string {
  const { changes } = t.schema
  const successor = fields.find(({ name }) => name === field.name)
  if (successor === undefined) return changes.dropped(field)
  const [from, to] = [fieldKind(field.type).label, fieldKind(successor.type).label]
  return changes.replaced({ name: field.name, from, to })
}

function changesOfField(
  old: FieldDefinition,
  field: FieldDefinition,
  namedBy: readonly string[],
): Change[] {
  const { changes } = t.schema
  const keys = Object.keys({ ...old, ...field }).filter(
    (key) => key !== 'name' && !isSame(old[key], field[key]),
  )
  const { id, name } = field
  const renamed = changes.renamed({ from: old.name, to: name })
  const changed = changes.changed({ name, keys: keys.map(optionLabel).join(', ') })
  const broken = brokenBy(old, field)
  return [
    ...(old.name === name
      ? []
      : [{ key: `name ${id}`, text: renamed, needsConsent: false, namedBy }]),
    ...(keys.length === 0
      ? []
      : [
          {
            key: `field ${id}`,
            text: changed,
            needsConsent: false,
            before: optionTexts(old, keys),
            after: optionTexts(field, keys),
            ...(broken === undefined ? {} : { broken }),
          },
        ]),
  ]
}

/** The name of a part as its section has it. */
function partLabel(key: string): string {
  const labels: Readonly<Record<string, string>> = t.schema.changes.parts
  return labels[key] ?? key
}

/** Options and their values, one a line. */
function optionTexts(field: FieldDefinition, keys: readonly string[]): string {
  return keys
    .map((key) => `${optionLabel(key)}: ${JSON.stringify(field[key]) ?? t.general.noValue}`)
    .join('\n')
}

/** The name of an option as the form shows it. */
function optionLabel(key: string): string {
  const common: Readonly<Record<string, string>> = {
    required: t.schema.fields.required,
    hidden: t.schema.fields.hidden,
    presentable: t.schema.fields.presentable,
    help: t.schema.fields.helpText,
  }
  const own: Readonly<Record<string, string>> = t.fieldTypes.options
  const label = common[key] ?? own[key]
  return label === undefined ? key : label.charAt(0).toLowerCase() + label.slice(1)
}

function ruleChanges(base: Definition, next: Definition): Change[] {
  return ruleNames.flatMap((name) => {
    const [before, after] = [ruleOf(base, name), ruleOf(next, name)]
    if (before === after) return []
    const rule = t.schema.rules.names[name]
    const isOpened = after === ''
    const { changes } = t.schema
    return [
      {
        key: name,
        text: isOpened ? changes.opens({ rule }) : changes.rule({ rule }),
        needsConsent: isOpened,
        before: ruleText(before),
        after: ruleText(after),
      },
    ]
  })
}

function textChange(
  key: RuleName | 'indexes' | 'viewQuery',
  text: string,
  before: readonly string[],
  after: readonly string[],
): Change[] {
  if (isSame(before, after)) return []
  const lines = (part: readonly string[], other: readonly string[]): string =>
    part.filter((line) => !other.includes(line)).join('\n') || t.general.noValue
  return [
    { key, text, needsConsent: false, before: lines(before, after), after: lines(after, before) },
  ]
}

/** A rule as it is read: closed and open have names. */
function ruleText(rule: string | null): string {
  if (rule === null) return t.schema.rules.locked
  return rule === '' ? t.schema.rules.open : rule
}
