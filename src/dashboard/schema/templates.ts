import { t } from '#dashboard/text/definition-texts.ts'
import { addField, type Definition, type FieldDefinition, rulesOf, ruleOf } from './definition.ts'
import { newField } from '#dashboard/schema/fields/field-kinds.ts'

/** Fields and rules that many collections begin with. */
export interface Template {
  readonly key: string
  readonly label: string
  readonly help: string
  readonly fields: () => readonly FieldDefinition[]
  readonly rules: Readonly<Record<string, string | null>>
}

/** The collection whose records own others. */
export interface Accounts {
  readonly id: string
  readonly name: string
}

const { templates } = t.schema
const closed = {
  listRule: null,
  viewRule: null,
  createRule: null,
  updateRule: null,
  deleteRule: null,
}

const empty: Template = {
  key: 'empty',
  label: templates.empty,
  help: templates.emptyHelp,
  fields: () => [],
  rules: closed,
}

/** The templates for a type of collections. `accounts` own the records of one of them. */
export function templatesFor(type: string, name: string, accounts?: Accounts): readonly Template[] {
  if (type === 'auth') return [{ ...empty, rules: {} }, withRoles(name)]
  if (type !== 'base') return []
  return accounts === undefined ? [empty, published] : [empty, owned(accounts), published]
}

function owned({ id, name }: Accounts): Template {
  const isOwner = 'owner = @request.auth.id'
  return {
    key: 'owned',
    label: templates.owned,
    help: templates.ownedHelp({ name }),
    fields: () => [
      { ...newField('text', 'title'), required: true, presentable: true },
      {
        ...newField('relation', 'owner'),
        collectionId: id,
        maxSelect: 1,
        required: true,
        cascadeDelete: true,
      },
    ],
    rules: {
      listRule: isOwner,
      viewRule: isOwner,
      createRule: `@request.auth.id != '' && @request.body.owner = @request.auth.id`,
      updateRule: `${isOwner} && @request.body.owner:changed = false`,
      deleteRule: isOwner,
    },
  }
}

const published: Template = {
  key: 'published',
  label: templates.published,
  help: templates.publishedHelp,
  fields: () => [
    { ...newField('text', 'title'), required: true, presentable: true },
    newField('editor', 'body'),
    newField('bool', 'published'),
  ],
  rules: { ...closed, listRule: 'published = true', viewRule: 'published = true' },
}

function withRoles(name: string): Template {
  // Accounts of other collections may have a role of their own, which must not count here.
  const isAdmin = `${callerOf(name)} && @request.auth.role = 'admin'`
  const isSelf = 'id = @request.auth.id'
  return {
    key: 'roles',
    label: templates.roles,
    help: templates.rolesHelp,
    fields: () => [
      {
        ...newField('select', 'role'),
        values: ['member', 'editor', 'admin'],
        maxSelect: 1,
        required: true,
      },
    ],
    rules: {
      listRule: `${isSelf} || (${isAdmin})`,
      viewRule: `${isSelf} || (${isAdmin})`,
      createRule: isAdmin,
      updateRule: `(${isSelf} && @request.body.role:changed = false) || (${isAdmin})`,
      deleteRule: isAdmin,
      manageRule: isAdmin,
    },
  }
}

function callerOf(collection: string): string {
  return `@request.auth.collectionName = '${collection}'`
}

/** Replaces what one template added by what another adds. Fields that were added by hand stay. */
export function withTemplate(
  now: Definition,
  template: Template,
  fields: readonly FieldDefinition[],
  former: readonly FieldDefinition[],
): Definition {
  const own = withoutFields(now, former)
  const added = fields.filter(({ name }) => !own.fields.some((field) => field.name === name))
  return added.reduce(addField, { ...own, ...template.rules })
}

/** The definition without certain fields. */
export function withoutFields(now: Definition, gone: readonly FieldDefinition[]): Definition {
  return { ...now, fields: now.fields.filter(({ id }) => !gone.some((field) => field.id === id)) }
}

/** Gives a new collection its name, also where its rules say it. */
export function withName(now: Definition, name: string): Definition {
  const rules = rulesOf(now.type).flatMap((rule) => {
    const text = ruleOf(now, rule)
    return text === null ? [] : [[rule, text.replaceAll(callerOf(now.name), callerOf(name))]]
  })
  return { ...now, ...Object.fromEntries(rules), name }
}
