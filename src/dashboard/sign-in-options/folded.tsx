import { type ReactNode, useState } from 'react'
import styles from './sign-in-options.module.css'

interface FoldedProps {
  readonly summary: ReactNode
  readonly isOpenAtFirst?: boolean
  /** True while something inside needs attention. */
  readonly hasError?: boolean
  readonly look?: 'box' | 'plain'
  readonly children: ReactNode
}

/** A part that opens when its summary is chosen, or when there is an error inside. */
export function Folded(props: FoldedProps) {
  const { summary, isOpenAtFirst = false, hasError = false, look = 'box', children } = props
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  return (
    <details
      className={look === 'box' ? styles.provider : styles.more}
      open={isOpen || hasError}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{summary}</summary>
      <div className={styles.providerBody}>{children}</div>
    </details>
  )
}
