import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { actionOfRule, explainLink } from '#dashboard/access/explain-link.ts'
import type { RuleCollection } from '#dashboard/rules/read-rule.ts'
import { RuleEditor } from '#dashboard/rules/rule-editor.tsx'
import { t } from '#dashboard/text/definition-texts.ts'
import { buttonClass } from '#dashboard/ui/button.tsx'
import { RadioGroup } from '#dashboard/ui/field.tsx'
import type { RuleName } from '#filter/syntax/rule-names.ts'
import { ReadyRules } from './ready-rules.tsx'
import styles from '#dashboard/schema/schema.module.css'

interface RuleProps {
  readonly name: RuleName
  readonly rule: string | null
  readonly error: string | undefined
  /** The collection as it is edited. */
  readonly collection: RuleCollection
  readonly collections: readonly RuleCollection[]
  readonly onChange: (rule: string | null) => void
}

type Choice = 'locked' | 'open' | 'rule'

/** One rule: closed, open, or a filter. The text is kept while another choice is looked at. */
export function RuleInput(props: RuleProps) {
  const { name, rule, error, collection, collections, onChange } = props
  const id = useId()
  const [text, setText] = useState(rule ?? '')
  const [isEmptyRule, setEmptyRule] = useState(false)
  const choice = choiceOf(rule, isEmptyRule)
  const { names, describe } = t.schema.rules
  const type = (next: string): void => {
    setText(next)
    setEmptyRule(next === '')
    onChange(next === '' ? null : next)
  }
  const choose = (next: Choice): void => {
    setEmptyRule(next === 'rule' && text === '')
    if (next === 'open') onChange('')
    else onChange(next === 'rule' && text !== '' ? text : null)
  }
  return (
    <fieldset className={styles.rule} aria-describedby={`${id}-about`}>
      <legend className="visually-hidden">{names[name]}</legend>
      <div className={styles.ruleHead}>
        <strong aria-hidden>{names[name]}</strong>
        <p id={`${id}-about`}>{describe[name]}</p>
      </div>
      <div className={styles.choices}>
        <RadioGroup<Choice>
          name={id}
          value={choice}
          options={(['locked', 'open', 'rule'] as const).map((value) => ({
            value,
            label: t.schema.rules[value],
          }))}
          onChange={choose}
        />
      </div>
      {choice === 'rule' ? (
        <>
          <RuleEditor
            label={t.schema.rules.ruleText({ rule: names[name] })}
            rule={rule ?? ''}
            collection={collection}
            collections={collections}
            error={error}
            onChange={type}
          />
          <div className={styles.ruleActions}>
            <ReadyRules collection={collection} collections={collections} onChoose={type} />
            {collection.id !== '' && (
              <Link
                {...explainLink({
                  collection: collection.name,
                  action: actionOfRule(name),
                  rule: rule ?? '',
                })}
                className={buttonClass('secondary', 'small')}
                // Another tab keeps the form with what is not saved yet; as its opener's, it has the session.
                target="_blank"
                rel="opener"
              >
                {t.access.rules.try}
              </Link>
            )}
          </div>
        </>
      ) : null}
    </fieldset>
  )
}

/** A rule whose text is still missing stays closed: the empty text would open it to everyone. */
function choiceOf(rule: string | null, isEmptyRule: boolean): Choice {
  if (rule === null) return isEmptyRule ? 'rule' : 'locked'
  return rule === '' ? 'open' : 'rule'
}
