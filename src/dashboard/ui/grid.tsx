import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from 'react'
import { t } from '#dashboard/text/t.ts'
import { classNames } from './class-names.ts'
import { type GridPosition, nextPosition } from './grid-keys.ts'
import styles from './grid.module.css'

/** A column of a grid. */
export interface GridColumn<Row> {
  readonly key: string
  readonly label: string
  /** Before the label: the mark of a type. */
  readonly mark?: ReactNode
  /** In pixels. */
  readonly width: number
  readonly align?: 'end'
  readonly isSortable?: boolean
  readonly render: (row: Row) => ReactNode
  /** The text to copy; by default the text of the cell. */
  readonly copy?: (row: Row) => string
}

/** A sort key; the first of a list counts most. */
export interface SortKey {
  readonly key: string
  readonly direction: 'ascending' | 'descending'
}

export interface GridProps<Row> {
  /** The name of the grid. */
  readonly label: string
  readonly columns: readonly GridColumn<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** The name of a row, for its checkbox. */
  readonly nameOf: (row: Row) => string
  /** Of all rows there are, loaded or not; undefined while unknown. */
  readonly total: number | undefined
  readonly sort: readonly SortKey[]
  readonly onSort: (sort: readonly SortKey[]) => void
  /** Without it rows cannot be selected. */
  readonly onSelect?: (keys: ReadonlySet<string>) => void
  readonly selected?: ReadonlySet<string>
  readonly onOpen: (row: Row) => void
  /** The row that is shown beside the grid. */
  readonly openKey?: string | undefined
  /** Called when the end of the loaded rows comes near. */
  readonly onEnd?: () => void
  readonly isBusy?: boolean
  /** Room for what covers the end of the grid, in pixels. */
  readonly endPadding?: number
}

const headHeight = 40

/**
 * A table of many rows. The document only has the visible ones. One tab stop; arrow keys move
 * between cells, Space selects, Enter opens, and a header is sorted by Enter.
 */
export function Grid<Row>(props: GridProps<Row>) {
  const { label, columns, rows, keyOf, total, onSelect, onEnd, isBusy, endPadding = 0 } = props
  const region = useRef<HTMLDivElement>(null)
  const [focus, setFocus] = useState<GridPosition>({ row: rows.length > 0 ? 0 : -1, column: 0 })
  const hasFocus = useRef(false)
  const anchor = useRef(0)
  const rowHeight = useRowHeight()
  const offset = onSelect === undefined ? 0 : 1
  const columnCount = columns.length + offset

  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized by a compiler
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => region.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    getItemKey: (index) => {
      const row = rows[index]
      return row === undefined ? index : keyOf(row)
    },
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const from = Math.max(0, startIndex - overscan)
      const to = Math.min(count - 1, endIndex + overscan)
      const range = Array.from({ length: to - from + 1 }, (_, index) => from + index)
      // The focus must not fall out of the document with its row.
      const kept = focus.row >= 0 && focus.row < count && (focus.row < from || focus.row > to)
      return kept ? [...range, focus.row].toSorted((a, b) => a - b) : range
    },
  })
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight])

  const items = virtualizer.getVirtualItems()
  const lastShown = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (lastShown >= rows.length - 30) onEnd?.()
  }, [lastShown, rows.length, onEnd])

  useEffect(() => {
    if (!hasFocus.current) return
    if (focus.row >= 0) virtualizer.scrollToIndex(focus.row)
    cellAt(region.current, focus)?.focus({ preventScroll: focus.row >= 0 })
    cellAt(region.current, focus)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [focus, virtualizer])

  // The focus goes back to the row whose panel has closed, however it was closed.
  const opened = useRef(props.openKey)
  useEffect(() => {
    const closed = opened.current
    opened.current = props.openKey
    if (props.openKey !== undefined || closed === undefined || rows.length === 0) return
    const at = rows.findIndex((row) => keyOf(row) === closed)
    hasFocus.current = true
    setFocus(({ row, column }) => ({
      row: at === -1 ? Math.min(Math.max(0, row), rows.length - 1) : at,
      column: Math.max(offset, column),
    }))
  }, [props.openKey])

  const select = (index: number, mode: 'toggle' | 'range'): void => {
    if (onSelect === undefined) return
    const next = new Set(props.selected)
    const row = rows[index]
    if (row === undefined) return
    if (mode === 'toggle') {
      anchor.current = index
      if (!next.delete(keyOf(row))) next.add(keyOf(row))
    } else {
      const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)]
      for (const each of rows.slice(from, to + 1)) next.add(keyOf(each))
    }
    onSelect(next)
  }

  const press = (event: KeyboardEvent): void => {
    const isModified = event.ctrlKey || event.metaKey
    const row = rows[focus.row]
    if (event.key === ' ' && focus.row >= 0 && !isModified) {
      event.preventDefault()
      select(focus.row, event.shiftKey ? 'range' : 'toggle')
      return
    }
    if (event.key === 'a' && isModified && onSelect !== undefined) {
      event.preventDefault()
      onSelect(new Set(rows.map(keyOf)))
      return
    }
    if (event.key === 'c' && isModified && getSelection()?.isCollapsed !== false) {
      event.preventDefault()
      void navigator.clipboard.writeText(copiedText())
      return
    }
    if (event.key === 'Enter' && !isModified && row !== undefined) {
      event.preventDefault()
      if (focus.column === 0 && offset === 1) select(focus.row, 'toggle')
      else props.onOpen(row)
      return
    }
    const page = Math.max(1, Math.floor((region.current?.clientHeight ?? 0) / rowHeight) - 2)
    const next = nextPosition(event, focus, { rows: rows.length, columns: columnCount, page })
    if (next === undefined) return
    event.preventDefault()
    if (event.shiftKey && next.row !== focus.row && next.row >= 0) select(next.row, 'range')
    else if (next.row >= 0) anchor.current = next.row
    setFocus(next)
  }

  const copiedText = (): string => {
    const chosen = rows.filter((row) => props.selected?.has(keyOf(row)))
    const column = columns[focus.column - offset]
    const row = rows[focus.row]
    const textOf = (each: GridColumn<Row>, of: Row): string => each.copy?.(of) ?? ''
    if (chosen.length > 0) {
      return chosen.map((each) => columns.map((col) => textOf(col, each)).join('\t')).join('\n')
    }
    return column === undefined || row === undefined ? '' : textOf(column, row)
  }

  const template = [
    ...(offset === 1 ? ['48px'] : []),
    ...columns.map(({ width }) => `${width}px`),
    '1fr',
  ]
  const style = {
    '--columns': template.join(' '),
    height: headHeight + rows.length * rowHeight,
    paddingInlineEnd: endPadding,
  } as CSSProperties
  return (
    <div ref={region} className={styles.region}>
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- its cells have the focus */}
      <div
        role="grid"
        aria-label={label}
        aria-rowcount={total === undefined ? -1 : total + 1}
        aria-colcount={columnCount}
        aria-multiselectable={onSelect === undefined ? undefined : true}
        aria-busy={isBusy}
        className={styles.grid}
        style={style}
        onKeyDown={press}
        onFocus={() => {
          hasFocus.current = true
        }}
        onBlur={() => {
          hasFocus.current = false
        }}
      >
        <Head {...props} focus={focus} onFocus={setFocus} />
        <div role="rowgroup" className={styles.body}>
          {items.map(({ index, key, start }) => {
            const row = rows[index]
            return row === undefined ? null : (
              <BodyRow
                key={key}
                {...props}
                row={row}
                index={index}
                top={start}
                focus={focus}
                onFocus={setFocus}
                onToggle={(mode) => select(index, mode)}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

interface HeadProps<Row> extends GridProps<Row> {
  readonly focus: GridPosition
  readonly onFocus: (position: GridPosition) => void
}

function Head<Row>({
  columns,
  rows,
  keyOf,
  sort,
  onSort,
  onSelect,
  selected,
  focus,
  onFocus,
}: HeadProps<Row>) {
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

interface BodyRowProps<Row> extends HeadProps<Row> {
  readonly row: Row
  readonly index: number
  readonly top: number
  readonly onToggle: (mode: 'toggle' | 'range') => void
}

function BodyRow<Row>(props: BodyRowProps<Row>) {
  const { columns, row, index, top, keyOf, nameOf, selected, onSelect, focus, onFocus, openKey } =
    props
  const offset = onSelect === undefined ? 0 : 1
  const key = keyOf(row)
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
            onClick={() => props.onOpen(row)}
          >
            {column.render(row)}
          </div>
        )
      })}
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

function cellAt(region: HTMLElement | null, { row, column }: GridPosition): HTMLElement | null {
  return region?.querySelector<HTMLElement>(`[data-cell="${row}:${column}"]`) ?? null
}

/** The height that the style sheet gives a row: it depends on density and pointer. */
function useRowHeight(): number {
  const [height, setHeight] = useState(readRowHeight)
  useEffect(() => {
    const observer = new MutationObserver(() => setHeight(readRowHeight()))
    observer.observe(document.documentElement, {
      attributes: true,
      attributeFilter: ['data-density'],
    })
    return () => observer.disconnect()
  }, [])
  return height
}

function readRowHeight(): number {
  const value = getComputedStyle(document.documentElement).getPropertyValue('--row')
  return Number.parseInt(value, 10) || 40
}
