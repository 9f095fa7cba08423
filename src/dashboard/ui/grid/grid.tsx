import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { GridHead } from './grid-head.tsx'
import { type GridPosition, nextPosition } from './grid-keys.ts'
import { GridRow } from './grid-row.tsx'
import type { GridColumn, GridMove, GridProps } from './grid-types.ts'
import styles from './grid.module.css'

const headHeight = 40

/**
 * A table of many rows. The document only has the visible ones. One tab stop; arrow keys move
 * between cells, Space selects, Enter or F2 edits a cell in place, where that is possible, or opens the
 * row, as Shift+Enter always does. A header is sorted by Enter.
 */
export function Grid<Row>(props: GridProps<Row>) {
  const { label, columns, rows, keyOf, total, onSelect, onEnd, isBusy, endPadding = 0 } = props
  const region = useRef<HTMLDivElement>(null)
  const [focus, setFocus] = useState<GridPosition>({ row: rows.length > 0 ? 0 : -1, column: 0 })
  const [editing, setEditing] = useState<GridPosition>()
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
    // The control of an editor keeps the focus within its cell.
    if (!hasFocus.current || editing !== undefined) return
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

  const endEdit = (move: GridMove): void => {
    setEditing(undefined)
    hasFocus.current = true
    setFocus(({ row, column }) => ({
      row: move === 'down' ? Math.min(row + 1, rows.length - 1) : row,
      column: move === 'right' ? Math.min(column + 1, columnCount - 1) : column,
    }))
  }

  const press = (event: KeyboardEvent): void => {
    if (editing !== undefined) return
    const isModified = event.ctrlKey || event.metaKey
    const row = rows[focus.row]
    const canEdit = row !== undefined && columns[focus.column - offset]?.canEdit?.(row) === true
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
      else if (canEdit && !event.shiftKey) setEditing(focus)
      else props.onOpen(row)
      return
    }
    if (event.key === 'F2' && canEdit) {
      event.preventDefault()
      setEditing(focus)
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
        <GridHead {...props} focus={focus} onFocus={setFocus} />
        <div role="rowgroup" className={styles.body}>
          {items.map(({ index, key, start }) => {
            const row = rows[index]
            return row === undefined ? null : (
              <GridRow
                key={key}
                {...props}
                row={row}
                index={index}
                top={start}
                focus={focus}
                onFocus={setFocus}
                editing={editing?.row === index ? editing.column : undefined}
                onToggle={(mode) => select(index, mode)}
                onEdit={(column) => setEditing({ row: index, column })}
                onEditEnd={endEdit}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
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
