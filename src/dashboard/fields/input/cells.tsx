import { t } from '#dashboard/text/t.ts'
import { classNames } from '#dashboard/ui/class-names.ts'
import styles from '#dashboard/fields/fields.module.css'

/** A value that is not there; looks and reads differently from an empty list or a false. */
export function NoValue() {
  return (
    <span className={styles.none}>
      <span aria-hidden>–</span>
      <span className="visually-hidden">{t.general.noValue}</span>
    </span>
  )
}

/** One line of text. */
export function TextCell({ text, isMono }: { readonly text: string; readonly isMono?: boolean }) {
  if (text === '') return <NoValue />
  return <span className={classNames(styles.text, isMono && styles.mono)}>{text}</span>
}

/** Some labels, and how many more there are. */
export function LabelsCell({
  labels,
  max = 3,
}: {
  readonly labels: readonly string[]
  readonly max?: number
}) {
  if (labels.length === 0) return <NoValue />
  return (
    <span className={styles.marks}>
      {labels.slice(0, max).map((label, index) => (
        <span key={index} className={styles.mark}>
          {label}
        </span>
      ))}
      {labels.length > max && <span className={styles.more}>+{labels.length - max}</span>}
    </span>
  )
}
