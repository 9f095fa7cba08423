import type { CollectionField, CollectionModel, RecordModel } from 'pocketbase'
import type { ReactNode } from 'react'
import { asText } from '#dashboard/fields/field-type.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import type { GridColumn, GridMove } from '#dashboard/ui/grid/grid-types.ts'
import { TypeMark } from '#dashboard/ui/states.tsx'

/** Renders the editor of a cell. */
export type CellEditing = (cell: {
  readonly field: CollectionField
  readonly record: RecordModel
  readonly end: (move: GridMove) => void
}) => ReactNode

/** The columns of a table of records, one a field. */
export function gridColumns(
  collection: CollectionModel,
  fields: readonly CollectionField[],
  collections: readonly CollectionModel[],
  editor: CellEditing | undefined,
): GridColumn<RecordModel>[] {
  return fields.map((field) => {
    const { Cell, Inline, fitsInline, letters, width, align, isSortable } = fieldTypeOf(field)
    return {
      key: field.name,
      label: field.name,
      mark: <TypeMark letters={letters} />,
      width: field['primaryKey'] === true ? 176 : Math.max(width, field.name.length * 8 + 64),
      ...(align === undefined ? {} : { align }),
      ...(isSortable === undefined ? {} : { isSortable }),
      render: (record) =>
        Cell === undefined ? null : (
          <Cell {...{ field, record, collection, collections }} value={record[field.name]} />
        ),
      ...(editor === undefined
        ? {}
        : {
            canEdit: (record) =>
              Inline !== undefined && fitsInline?.(field, record[field.name]) !== false,
            renderEditor: (record, end) => editor({ field, record, end }),
          }),
      copy: (record) => asText(record[field.name]),
    }
  })
}
