import type { ReactNode } from 'react'
import styles from './entry-list.module.css'

/** A list of things with their actions, in one box. */
export function EntryList({
  label,
  children,
}: {
  readonly label?: string
  readonly children: ReactNode
}) {
  return (
    <ul className={styles.list} aria-label={label}>
      {children}
    </ul>
  )
}

interface EntryProps {
  readonly icon?: ReactNode
  readonly name: string
  /** Beside the name. */
  readonly marks?: ReactNode
  /** Facts in small print, each in an element of its own. */
  readonly meta?: ReactNode
  readonly actions?: ReactNode
  /** Below everything: the result of an action. */
  readonly after?: ReactNode
  /** More text, between the name and the facts. */
  readonly children?: ReactNode
}

/** An entry of an `EntryList`. */
export function Entry({ icon, name, marks, meta, actions, after, children }: EntryProps) {
  return (
    <li className={styles.entry}>
      {icon !== undefined && <span className={styles.icon}>{icon}</span>}
      <div className={styles.content}>
        <div className={styles.name}>
          <strong>{name}</strong>
          {marks}
        </div>
        {children}
        {meta !== undefined && <div className={styles.meta}>{meta}</div>}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      {after !== undefined && <div className={styles.after}>{after}</div>}
    </li>
  )
}
