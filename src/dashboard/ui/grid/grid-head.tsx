import { ArrowDown, ArrowUp } from 'lucide-react'
import { t } from '#dashboard/text/t.ts'
import { classNames } from '#dashboard/ui/class-names.ts'
import type { GridPartProps, SortKey } from './grid-types.ts'
import styles from './grid.module.css'

/** The header of a grid: it selects all rows, and sorts. */
export function GridHead<Row>({
  columns,
  rows,
  keyOf,
  sort,
  onSort,
  onSelect,
  selected,
  focus,
  onFocus,
}: GridPartProps<Row>) {
  const offset = onSelect === undefined ? 0 : 1
  const isAll = rows.length > 0 && rows.every((row) => selected?.has(keyOf(row)))
  const tabIndex = (column: number): number =>
    focus.row === -1 && focus.column === column ? 0 : -1
  return (
    <div role="rowgroup">
      <div role="row" aria-rowindex={1} className={classNames(styles.row, styles.head)}>
        {onSelect !== undefined && (
          <div
            role="columnheader"
            aria-colindex={1}
            className={classNames(styles.cell, styles.check)}
          >
            <input
              type="checkbox"
              data-cell="-1:0"
              tabIndex={tabIndex(0)}
              aria-label={t.general.selectAll}
              checked={isAll}
              onFocus={() => onFocus({ row: -1, column: 0 })}
              onChange={() => onSelect(isAll ? new Set() : new Set(rows.map(keyOf)))}
            />
          </div>
        )}
        {columns.map((column, index) => {
          const at = index + offset
          const current = sort.find(({ key }) => key === column.key)
          const canSort = column.isSortable !== false
          return (
            <div
              key={column.key}
              role="columnheader"
              aria-colindex={at + 1}
              aria-sort={canSort ? (current?.direction ?? 'none') : undefined}
              className={classNames(styles.cell, styles.headCell, column.align && styles.end)}
            >
              <button
                type="button"
                data-cell={`-1:${at}`}
                tabIndex={tabIndex(at)}
                className={styles.sort}
                aria-disabled={!canSort || undefined}
                onFocus={() => onFocus({ row: -1, column: at })}
                onClick={(event) => {
                  if (canSort) onSort(sortedBy(sort, column.key, event.shiftKey))
                }}
              >
                {column.mark}
                <span>{column.label}</span>
                {current?.direction === 'ascending' && <ArrowUp size={14} aria-hidden />}
                {current?.direction === 'descending' && <ArrowDown size={14} aria-hidden />}
              </button>
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** A click sorts by one key and turns it around; with Shift it adds a key, or turns that one. */
function sortedBy(sort: readonly SortKey[], key: string, isAdded: boolean): readonly SortKey[] {
  const current = sort.find((each) => each.key === key)
  const direction = current?.direction === 'ascending' ? 'descending' : 'ascending'
  if (!isAdded) return [{ key, direction }]
  return current === undefined
    ? [...sort, { key, direction }]
    : sort.map((each) => (each.key === key ? { key, direction } : each))
}
