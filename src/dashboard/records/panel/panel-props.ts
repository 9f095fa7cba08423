import type { CollectionModel } from 'pocketbase'

/** The props of a record's panel, from the table beside it. */
export interface RecordPanelProps {
  readonly collection: CollectionModel
  readonly collections: readonly CollectionModel[]
  /** Nothing, for a new record. */
  readonly recordId: string | undefined
  /** The record that a new one is a copy of. */
  readonly copyOf: string | undefined
  /** The `expand` of this collection's lists. */
  readonly expand: string
  /** The part that is shown, as the address has it. */
  readonly tab: string | undefined
  readonly isReadOnly: boolean
  readonly onClose: () => void
  readonly onOpen: (recordId: string) => void
  /** Opens the record before or after this one; nothing at either end. */
  readonly onStep: (step: 1 | -1) => void
  readonly onDelete: (recordId: string) => void
  readonly onCopy: (recordId: string) => void
}
