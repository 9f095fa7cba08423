import { ruleInWords } from '#dashboard/rules/rule-in-words.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Mark } from '#dashboard/ui/states.tsx'
import styles from './api-page.module.css'

const texts = t.apiPage.callers

/** The callers that an operation is open to. */
export function CallerNote({ rule }: { readonly rule: string | null | undefined }) {
  if (rule === undefined) return <p>{texts.everyone}</p>
  if (rule === null) {
    return (
      <p>
        <Mark look="warning">{texts.closed}</Mark> {texts.closedText}
      </p>
    )
  }
  if (rule === '') return <p>{texts.everyone}</p>
  return (
    <div className={styles.rule}>
      <p>{ruleInWords(rule) ?? texts.byRule}</p>
      <code>{rule}</code>
    </div>
  )
}
