import { useCollections } from '#dashboard/api/collections.ts'
import type { Definition } from '#dashboard/schema/definition.ts'
import type { RuleName } from '#filter/syntax/rule-names.ts'
import { ruleOf, rulesOf } from '#dashboard/schema/definition.ts'
import { RuleInput } from './rule-input.tsx'

interface RulesProps {
  readonly definition: Definition
  readonly errors: ReadonlyMap<string, string>
  readonly onChange: (change: (definition: Definition) => Definition) => void
}

/** All rules of a definition, one below the other. */
export function RulesForm({ definition, errors, onChange }: RulesProps) {
  const { data = [] } = useCollections()
  const change = (name: RuleName, rule: string | null): void =>
    onChange((value) => ({ ...value, [name]: rule }))
  return (
    <div>
      {rulesOf(definition.type).map((name) => (
        <RuleInput
          key={name}
          name={name}
          rule={ruleOf(definition, name)}
          error={errors.get(name)}
          collection={definition}
          collections={data}
          onChange={(rule) => change(name, rule)}
        />
      ))}
    </div>
  )
}
