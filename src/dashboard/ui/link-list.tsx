import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import styles from './link-list.module.css'

/** A titled list of links to screens. */
export function LinkList({
  title,
  children,
}: {
  readonly title: string
  readonly children: ReactNode
}) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      <ul className={styles.list}>{children}</ul>
    </section>
  )
}

interface EntryProps {
  readonly icon?: ReactNode
  readonly name: string
  readonly note?: ReactNode
  readonly to: string
}

/** An entry of a `LinkList`. */
export function LinkListEntry({ icon, name, note, to }: EntryProps) {
  return (
    <li>
      <Link to={to} className={styles.entry}>
        {icon}
        <strong>{name}</strong>
        {note !== undefined && <span>{note}</span>}
      </Link>
    </li>
  )
}
