import { useEffect, useRef } from 'react'
import { t } from '#dashboard/text/t.ts'
import { classNames } from '#dashboard/ui/class-names.ts'
import type { GridMove, GridPartProps } from './grid-types.ts'
import styles from './grid.module.css'

const doubleClickMilliseconds = 220

interface GridRowProps<Row> extends GridPartProps<Row> {
  readonly row: Row
  readonly index: number
  readonly top: number
  /** The column whose cell is being edited. */
  readonly editing: number | undefined
  readonly onToggle: (mode: 'toggle' | 'range') => void
  readonly onEdit: (column: number) => void
  readonly onEditEnd: (move: GridMove) => void
}

/** A row of a grid, at its place among all rows. */
export function GridRow<Row>(props: GridRowProps<Row>) {
  const { columns, row, index, top, keyOf, nameOf, selected, onSelect, focus, onFocus, openKey } =
    props
  const offset = onSelect === undefined ? 0 : 1
  const key = keyOf(row)
  const note = props.noteOf?.(row)
  const opening = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(opening.current), [])
  const isSelected = selected?.has(key) ?? false
  const tabIndex = (column: number): number =>
    focus.row === index && focus.column === column ? 0 : -1
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={onSelect === undefined ? undefined : isSelected}
      data-key={key}
      data-open={key === openKey || undefined}
      data-noted={note !== undefined || undefined}
      title={note}
      className={styles.row}
      style={{ insetBlockStart: top }}
    >
      {onSelect !== undefined && (
        <div role="gridcell" aria-colindex={1} className={classNames(styles.cell, styles.check)}>
          <input
            type="checkbox"
            data-cell={`${index}:0`}
            tabIndex={tabIndex(0)}
            aria-label={t.general.select({ name: nameOf(row) })}
            checked={isSelected}
            onFocus={() => onFocus({ row: index, column: 0 })}
            onClick={(event) => props.onToggle(event.shiftKey ? 'range' : 'toggle')}
            onChange={() => undefined}
          />
          {note !== undefined && <span className="visually-hidden">{note}</span>}
        </div>
      )}
      {columns.map((column, columnIndex) => {
        const at = columnIndex + offset
        return (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- Enter opens, which the grid hears
          <div
            key={column.key}
            role="gridcell"
            aria-colindex={at + 1}
            data-cell={`${index}:${at}`}
            tabIndex={tabIndex(at)}
            className={classNames(styles.cell, column.align && styles.end)}
            onFocus={() => onFocus({ row: index, column: at })}
            onClick={() => {
              clearTimeout(opening.current)
              if (column.canEdit?.(row) !== true) props.onOpen(row)
              // The second click of a double click edits.
              else opening.current = setTimeout(() => props.onOpen(row), doubleClickMilliseconds)
            }}
            onDoubleClick={() => {
              clearTimeout(opening.current)
              if (column.canEdit?.(row) === true) props.onEdit(at)
            }}
          >
            {column.render(row)}
            {props.editing === at && column.renderEditor?.(row, props.onEditEnd)}
          </div>
        )
      })}
    </div>
  )
}
