import { ArrowDown, ArrowUp, Undo2, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '#dashboard/text/t.ts'
import { IconButton } from '#dashboard/ui/button.tsx'
import styles from '#dashboard/fields/fields.module.css'

/** One of the values of a field that holds several. */
export interface ListItem {
  readonly key: string
  readonly name: string
  readonly content: ReactNode
  readonly note?: ReactNode
  readonly isRemoved?: boolean
}

interface ItemListProps {
  readonly items: readonly ListItem[]
  readonly isReadOnly: boolean
  /** Moves the item at one place to another; without it the order means nothing. */
  readonly onMove?: (from: number, to: number) => void
  readonly onRemove: (key: string) => void
  readonly onRestore?: (key: string) => void
}

/** The values of a field in their order, with buttons that move and remove them. */
export function ItemList({ items, isReadOnly, onMove, onRemove, onRestore }: ItemListProps) {
  const canMove = onMove !== undefined && items.length > 1 && !isReadOnly
  return (
    <ul className={styles.list}>
      {items.map(({ key, name, content, note, isRemoved }, index) => (
        <li key={key} className={isRemoved ? styles.removed : undefined}>
          {content}
          {note !== undefined && <span className={styles.size}>{note}</span>}
          {canMove && (
            <>
              {index > 0 && (
                <IconButton
                  size="small"
                  icon={ArrowUp}
                  label={t.fields.moveItemUp({ name })}
                  onClick={() => onMove(index, index - 1)}
                />
              )}
              {index < items.length - 1 && (
                <IconButton
                  size="small"
                  icon={ArrowDown}
                  label={t.fields.moveItemDown({ name })}
                  onClick={() => onMove(index, index + 1)}
                />
              )}
            </>
          )}
          {!isReadOnly &&
            (isRemoved ? (
              <IconButton
                size="small"
                icon={Undo2}
                label={t.fields.restoreItem({ name })}
                onClick={() => onRestore?.(key)}
              />
            ) : (
              <IconButton
                size="small"
                icon={X}
                label={t.fields.removeItem({ name })}
                onClick={() => onRemove(key)}
              />
            ))}
        </li>
      ))}
    </ul>
  )
}

/** A list with one entry at another place. */
export function moved<Item>(list: readonly Item[], from: number, to: number): Item[] {
  const rest = list.filter((_, index) => index !== from)
  const item = list[from]
  return item === undefined ? rest : rest.toSpliced(to, 0, item)
}
