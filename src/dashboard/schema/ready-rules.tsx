import { WandSparkles } from 'lucide-react'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Menu } from '#dashboard/ui/menu.tsx'

interface ReadyProps {
  readonly accountFields: readonly string[]
  readonly isAccount: boolean
  readonly onChoose: (rule: string) => void
}

/** Rules that many collections have, to begin with. */
export function ReadyRules({ accountFields, isAccount, onChoose }: ReadyProps) {
  const { readyMade, ready } = t.schema.rules
  const rules = [
    { label: readyMade.signedIn, rule: "@request.auth.id != ''" },
    { label: readyMade.verified, rule: '@request.auth.verified = true' },
    ...(isAccount ? [{ label: readyMade.self, rule: 'id = @request.auth.id' }] : []),
    ...accountFields.map((field) => ({
      label: readyMade.owner({ field }),
      rule: `${field} = @request.auth.id`,
    })),
  ]
  return (
    <div>
      <Menu
        label={ready}
        items={rules.map(({ label, rule }) => ({ label, onSelect: () => onChoose(rule) }))}
        trigger={(trigger) => (
          <Button {...trigger} size="small" icon={WandSparkles}>
            {ready}
          </Button>
        )}
      />
    </div>
  )
}
