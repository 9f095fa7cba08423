/** A cell of a grid; row -1 is the header. */
export interface GridPosition {
  readonly row: number
  readonly column: number
}

interface GridSize {
  readonly rows: number
  readonly columns: number
  /** Rows that a page key moves by. */
  readonly page: number
}

interface PressedKey {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

/** The cell that a key leads to from another one; undefined when the key is not for moving. */
export function nextPosition(
  { key, ctrlKey, metaKey, altKey }: PressedKey,
  { row, column }: GridPosition,
  { rows, columns, page }: GridSize,
): GridPosition | undefined {
  if (altKey) return undefined
  const lastRow = rows - 1
  const lastColumn = columns - 1
  const isWide = ctrlKey || metaKey
  const clampRow = (to: number): number => Math.min(lastRow, Math.max(-1, to))
  if (isWide && key !== 'Home' && key !== 'End') return undefined
  switch (key) {
    case 'ArrowDown':
      return { row: clampRow(row + 1), column }
    case 'ArrowUp':
      return { row: clampRow(row - 1), column }
    case 'ArrowRight':
      return { row, column: Math.min(lastColumn, column + 1) }
    case 'ArrowLeft':
      return { row, column: Math.max(0, column - 1) }
    case 'Home':
      return { row: isWide ? Math.min(0, lastRow) : row, column: 0 }
    case 'End':
      return { row: isWide ? lastRow : row, column: lastColumn }
    case 'PageDown':
      return { row: clampRow(row + page), column }
    case 'PageUp':
      return { row: Math.max(Math.min(0, row), row - page), column }
    default:
      return undefined
  }
}
