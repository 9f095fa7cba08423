import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import styles from './sortable-header.module.css'

interface SortableHeaderProps {
  readonly name: string
  /** The present sort: a name, with `-` in front of it for the highest first. */
  readonly sort: string
  readonly onSort: (sort: string) => void
  readonly className?: string | undefined
  readonly children: ReactNode
}

/** The header of a column; a click sorts by it, highest first, and then the other way round. */
export function SortableHeader(props: SortableHeaderProps) {
  const { name, sort, onSort, className, children } = props
  const direction = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined
  const Icon = direction === 'ascending' ? ArrowUp : ArrowDown
  return (
    <th scope="col" aria-sort={direction} className={className}>
      <button
        type="button"
        className={classNames(styles.button, direction === undefined && styles.unsorted)}
        onClick={() => onSort(direction === 'descending' ? name : `-${name}`)}
      >
        {children}
        <Icon size={14} strokeWidth={1.75} aria-hidden />
      </button>
    </th>
  )
}
