import { t } from '#dashboard/text/t.ts'
import { Note } from '#dashboard/ui/states.tsx'
import styles from './transfer.module.css'

const shownCount = 100

interface ProblemListProps {
  readonly title: string
  readonly problems: readonly { readonly line: number; readonly reason: string }[]
}

/** The rows of a file that are not imported, by their lines, each with the reason. */
export function ProblemList({ title, problems }: ProblemListProps) {
  return (
    <section className={styles.problems}>
      <Note look="warning">{title}</Note>
      <ul>
        {problems.slice(0, shownCount).map(({ line, reason }) => (
          <li key={line}>
            <strong>{t.records.transfer.line({ line })}</strong> {reason}
          </li>
        ))}
      </ul>
      {problems.length > shownCount && (
        <p>{t.records.transfer.moreProblems({ count: problems.length - shownCount })}</p>
      )}
    </section>
  )
}
