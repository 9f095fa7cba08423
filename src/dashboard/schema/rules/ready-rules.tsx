import { WandSparkles } from 'lucide-react'
import { relatedOf, type RuleCollection } from '#dashboard/rules/read-rule.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Menu } from '#dashboard/ui/menu.tsx'

interface ReadyProps {
  readonly collection: RuleCollection
  readonly collections: readonly RuleCollection[]
  readonly onChoose: (rule: string) => void
}

interface ReadyRule {
  readonly label: string
  readonly rule: string
}

/** Rules that many collections have, to begin with. */
export function ReadyRules({ collection, collections, onChoose }: ReadyProps) {
  const { readyMade, ready } = t.schema.rules
  const rules: readonly ReadyRule[] = [
    { label: readyMade.signedIn, rule: "@request.auth.id != ''" },
    { label: readyMade.verified, rule: '@request.auth.verified = true' },
    ...(collection.type === 'auth'
      ? [{ label: readyMade.self, rule: 'id = @request.auth.id' }]
      : []),
    ...ownerRules(collection, collections),
    ...memberRules(collection, collections),
  ]
  return (
    <Menu
      label={ready}
      items={rules.map(({ label, rule }) => ({ label, onSelect: () => onChoose(rule) }))}
      trigger={(trigger) => (
        <Button {...trigger} size="small" icon={WandSparkles}>
          {ready}
        </Button>
      )}
    />
  )
}

/** Fields that hold an account. */
function ownerRules(
  { fields }: RuleCollection,
  collections: readonly RuleCollection[],
): ReadyRule[] {
  return fields
    .filter((field) => relatedOf(field, collections)?.type === 'auth')
    .map(({ name, maxSelect }) => ({
      label: t.schema.rules.readyMade.owner({ field: name }),
      rule: `${name} ${isMultiple(maxSelect) ? '?=' : '='} @request.auth.id`,
    }))
}

/** Relations to something that accounts are members of, by a collection of memberships. */
function memberRules(
  { fields }: RuleCollection,
  collections: readonly RuleCollection[],
): ReadyRule[] {
  return fields.flatMap((field) => {
    const group = relatedOf(field, collections)
    if (group === undefined || group.type === 'auth') return []
    return collections.flatMap((members) => {
      const toGroup = members.fields.find((one) => relatedOf(one, collections) === group)
      const account = members.fields.find((one) => relatedOf(one, collections)?.type === 'auth')
      if (toGroup === undefined || account === undefined) return []
      const path = `${field.name}.${members.name}_via_${toGroup.name}.${account.name}`
      return [
        {
          label: t.schema.rules.readyMade.member({ field: field.name, members: members.name }),
          rule: `${path} ?= @request.auth.id`,
        },
      ]
    })
  })
}

function isMultiple(maxSelect: unknown): boolean {
  return typeof maxSelect === 'number' && maxSelect > 1
}
