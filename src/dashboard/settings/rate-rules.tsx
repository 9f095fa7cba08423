import { Plus, Trash2 } from 'lucide-react'
import { t } from '#dashboard/text/t.ts'
import { Button, IconButton } from '#dashboard/ui/button.tsx'
import { FieldError, FieldGroup, optionsFrom, Select, TextInput } from '#dashboard/ui/field.tsx'
import { Mark } from '#dashboard/ui/states.tsx'
import { useSetting } from './settings-form.tsx'
import styles from './settings.module.css'

const texts = t.settings.limits

/** Numbers are texts while they are typed and none. */
interface Rule {
  readonly label: string
  readonly audience: '' | '@guest' | '@auth'
  readonly duration: number | string
  readonly maxRequests: number | string
}

/** The rules that limit requests. They are saved as a whole list. */
export function RateRules() {
  const { value, isChanged, error, errors, set } = useSetting('rateLimits.rules')
  const rules = Array.isArray(value) ? (value as readonly Rule[]) : []
  const change = (at: number, changes: Partial<Rule>): void =>
    set(rules.map((rule, index) => (index === at ? { ...rule, ...changes } : rule)))
  return (
    <FieldGroup
      label={texts.rules}
      help={texts.rulesHelp}
      error={error}
      note={isChanged ? <Mark look="accent">{t.settings.changed}</Mark> : undefined}
    >
      {rules.length === 0 ? (
        <p className={styles.help}>{texts.noRules}</p>
      ) : (
        <div className={styles.rules}>
          <div className={`${styles.rule} ${styles.ruleHead}`} aria-hidden>
            <span>{texts.label}</span>
            <span>{texts.audience}</span>
            <span>{texts.maxRequests}</span>
            <span>{texts.duration}</span>
            <span />
          </div>
          {rules.map((rule, index) => (
            <RuleRow
              // oxlint-disable-next-line react/no-array-index-key -- rules have no other identity, and never move
              key={index}
              rule={rule}
              number={index + 1}
              problem={[...errors].find(([path]) => path.split('.')[0] === String(index))?.[1]}
              onChange={(changes) => change(index, changes)}
              onRemove={() => set(rules.filter((_, at) => at !== index))}
            />
          ))}
        </div>
      )}
      <span>
        <Button
          size="small"
          icon={Plus}
          onClick={() =>
            set([...rules, { label: '', audience: '', duration: 10, maxRequests: 100 }])
          }
        >
          {texts.addRule}
        </Button>
      </span>
    </FieldGroup>
  )
}

interface RuleRowProps {
  readonly rule: Rule
  readonly number: number
  readonly problem: string | undefined
  readonly onChange: (changes: Partial<Rule>) => void
  readonly onRemove: () => void
}

function RuleRow({ rule, number, problem, onChange, onRemove }: RuleRowProps) {
  const nameOf = (name: string): string => texts.ofRule({ name, number })
  const count = (key: 'maxRequests' | 'duration') => (
    <TextInput
      aria-label={nameOf(texts[key])}
      aria-invalid={problem === undefined ? undefined : true}
      inputMode="numeric"
      value={String(rule[key])}
      onChange={({ target }) =>
        onChange({ [key]: /^\d+$/.test(target.value) ? Number(target.value) : target.value })
      }
    />
  )
  return (
    <div className={styles.rule}>
      <TextInput
        aria-label={nameOf(texts.label)}
        aria-invalid={problem === undefined ? undefined : true}
        isMono
        spellCheck={false}
        value={rule.label}
        onChange={(event) => onChange({ label: event.target.value })}
      />
      <Select
        aria-label={nameOf(texts.audience)}
        value={rule.audience}
        options={optionsFrom(texts.audiences)}
        onChange={(audience) => onChange({ audience })}
      />
      {count('maxRequests')}
      {count('duration')}
      <IconButton
        icon={Trash2}
        label={texts.removeRule({ label: rule.label })}
        onClick={onRemove}
      />
      {problem !== undefined && (
        <span className={styles.ruleProblem}>
          <FieldError id={undefined} error={problem} />
        </span>
      )}
    </div>
  )
}
