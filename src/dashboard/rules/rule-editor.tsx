import { useEffect, useMemo, useState } from 'react'
import { t } from '#dashboard/text/definition-texts.ts'
import { CodeEditor } from '#dashboard/ui/code-editor/code-editor.tsx'
import { Field } from '#dashboard/ui/field.tsx'
import { completeRule } from './complete-rule.ts'
import { type FilterPlace, readRule, type RuleCollection } from './read-rule.ts'
import { ruleInWords } from './rule-in-words.ts'
import styles from './rule-editor.module.css'

interface EditorProps {
  readonly label: string
  readonly rule: string
  /** The collection whose rule it is, as it is edited. */
  readonly collection: RuleCollection
  readonly collections: readonly RuleCollection[]
  /** The server's error. */
  readonly error: string | undefined
  readonly onChange: (rule: string) => void
  readonly place?: FilterPlace
}

/** The text of a rule: completed and checked while it is typed, and read in words below. */
export function RuleEditor(props: EditorProps) {
  const { label, rule, collection, collections, error, onChange, place = 'rule' } = props
  const settled = useSettled(rule)
  const known = useMemo(
    () => collections.map((one) => (one.id === collection.id ? collection : one)),
    [collections, collection],
  )
  const fault = useMemo(
    () => readRule(settled, collection, known, place).faults[0],
    [settled, collection, known, place],
  )
  const words = fault === undefined ? ruleInWords(settled, place) : undefined
  const message =
    fault === undefined
      ? error
      : t.rules.faultAt({ message: fault.message, position: fault.from + 1 })
  return (
    <Field
      label={label}
      help={place === 'event' ? t.rules.eventHint : t.rules.hint}
      error={message}
    >
      {(control) => (
        <>
          <CodeEditor
            id={control.id}
            label={label}
            describedBy={control['aria-describedby']}
            isInvalid={message !== undefined}
            language="text"
            lines="few"
            suggest={(before) => completeRule(before, collection, known, place)}
            problem={fault}
            value={rule}
            onChange={onChange}
          />
          {words !== undefined && <p className={styles.words}>{words}</p>}
        </>
      )}
    </Field>
  )
}

/** The text once typing has stopped, so that what is half typed is not called wrong. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 400)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
