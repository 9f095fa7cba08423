import type { CollectionField, CollectionModel, RecordModel } from 'pocketbase'
import { asText } from '#dashboard/fields/field-type.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import type { GridColumn } from '#dashboard/ui/grid.tsx'
import { TypeMark } from '#dashboard/ui/states.tsx'

/** The columns of a table of records, one a field. */
export function gridColumns(
  collection: CollectionModel,
  fields: readonly CollectionField[],
  collections: readonly CollectionModel[],
): GridColumn<RecordModel>[] {
  return fields.map((field) => {
    const { Cell, letters, width, align, isSortable } = fieldTypeOf(field)
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
      copy: (record) => asText(record[field.name]),
    }
  })
}
