import { t } from '#dashboard/text/t.ts'

/** A part of a definition, which has a tab and an address of its own. */
export interface Part {
  readonly key: string
  readonly label: string
  /** True for the keys of a definition whose errors belong to this part. */
  readonly owns: (key: string) => boolean
}

const { tabs } = t.schema

function part(key: string, label: string, keys: readonly string[]): Part {
  return { key, label, owns: (name) => keys.includes(name) }
}

const fields = part('fields', tabs.fields, ['fields'])
const query = part('query', tabs.query, ['viewQuery'])
const indexes = part('indexes', tabs.indexes, ['indexes'])
const options = part('options', tabs.options, ['name', 'type'])
const rules: Part = { key: 'rules', label: tabs.rules, owns: (name) => name.endsWith('Rule') }

/** The parts that collections of a type have. */
export function partsOf(type: string): readonly Part[] {
  return type === 'view' ? [query, rules, options] : [fields, rules, indexes, options]
}
