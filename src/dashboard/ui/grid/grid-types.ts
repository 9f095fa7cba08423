import type { ReactNode } from 'react'
import type { GridPosition } from './grid-keys.ts'

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
  /** True where the cell can be edited in place. */
  readonly canEdit?: (row: Row) => boolean
  /** The editor of a cell. It calls `end` when it is done. */
  readonly renderEditor?: (row: Row, end: (move: GridMove) => void) => ReactNode
  /** The text to copy; by default the text of the cell. */
  readonly copy?: (row: Row) => string
}

/** A sort key; the first of a list counts most. */
export interface SortKey {
  readonly key: string
  readonly direction: 'ascending' | 'descending'
}

/** The cell to go to after a cell was edited. */
export type GridMove = 'stay' | 'down' | 'right'

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
  /** A note on a row that is not as it was read: changed or deleted elsewhere. */
  readonly noteOf?: (row: Row) => string | undefined
  /** The row that is shown beside the grid. */
  readonly openKey?: string | undefined
  /** Called when the end of the loaded rows comes near. */
  readonly onEnd?: () => void
  readonly isBusy?: boolean
  /** Room for what covers the end of the grid, in pixels. */
  readonly endPadding?: number
}

/** The props of the parts of a grid. */
export interface GridPartProps<Row> extends GridProps<Row> {
  readonly focus: GridPosition
  readonly onFocus: (position: GridPosition) => void
}
