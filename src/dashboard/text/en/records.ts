import { formatNumber, plural } from '#dashboard/text/format.ts'
import { account } from './account.ts'
import { bulk } from './bulk.ts'
import { transfer } from './transfer.ts'

const records = { one: '# record', other: '# records' }

interface Count {
  readonly count: number
}

/** Lists of records, and single ones. */
export const recordTexts = {
  account,
  bulk,
  transfer,
  applyChoices: 'Apply these choices',
  changed: ({ count }: Count) => `Changed ${plural(count, records)}.`,
  undo: 'Undo',
  undoChanges: ({ count }: Count) =>
    plural(count, { one: 'Undo the last change', other: 'Undo the last # changes' }),
  undone: ({ count }: Count) => plural(count, { one: 'Undone.', other: '# changes undone.' }),
  undonePartly: ({ undone, ids }: { undone: number; ids: readonly string[] }) =>
    `${plural(undone, { one: '# change', other: '# changes' })} undone. Changed meanwhile, so left as they are: ${ids.join(', ')}.`,
  inlineConflict: ({ value }: { value: string }) =>
    `Changed meanwhile to “${value}”. Enter replaces it, Escape keeps it.`,
  backToList: 'Back to the list',
  base: ({ value }: { value: string }) => `When you began: ${value}`,
  clearFilter: 'Clear filter',
  clearSelection: 'Clear selection',
  columns: 'Columns',
  columnsHelp: 'The address keeps them, so a copied link shows the same.',
  columnsApply: 'Show these columns',
  columnsNone: 'Choose at least one column.',
  columnsReset: 'Show all',
  conflictTitle: 'This record was changed while you were editing',
  conflictText: 'Choose what to keep. Nothing was saved yet, and what you typed is still here.',
  copyJson: 'Copy as JSON',
  copyLink: 'Copy link',
  create: 'Create record',
  deleteConfirm: ({ count }: Count) => `Delete ${plural(count, records)}`,
  deleteTitle: ({ count, name }: { count: number; name: string }) =>
    count === 1 ? `Delete “${name}”?` : `Delete ${plural(count, records)}?`,
  deleteNothingElse: 'No other record refers to it.',
  deleteNothingElseMany: 'No other record refers to them.',
  deleteCounting: 'Counting the records that refer to it.',
  deleteCascade: ({ count, collection }: { count: number; collection: string }) =>
    `${plural(count, records)} of ${collection} will be deleted, too.`,
  deleteClear: ({
    count,
    collection,
    field,
  }: {
    count: number
    collection: string
    field: string
  }) => `${plural(count, records)} of ${collection} will lose the reference in ${field}.`,
  deleteBlock: ({
    count,
    collection,
    field,
  }: {
    count: number
    collection: string
    field: string
  }) =>
    `${plural(count, records)} of ${collection} require it in ${field}, so it may not be possible.`,
  deleteUncounted: 'The records that refer to it could not be counted.',
  deleteFinal: 'This cannot be undone.',
  deleted: ({ count }: Count) => `Deleted ${plural(count, records)}.`,
  deletedPartly: ({ deleted, all, refused }: { deleted: number; all: number; refused: number }) =>
    `${formatNumber(deleted)} of ${formatNumber(all)} records were deleted. ${formatNumber(refused)} could not be, and stay selected.`,
  discard: 'Discard changes',
  duplicate: 'Duplicate',
  emptyTitle: ({ name }: { name: string }) => `No records in ${name} yet`,
  emptyText: 'Create one here, or send the first one from your app:',
  errorsIn: ({ count }: Count) => plural(count, { one: '# error', other: '# errors' }),
  filter: 'Filter',
  filterFault: ({ message, position }: { message: string; position: number }) =>
    `At character ${position + 1}: ${message}`,
  filterPlaceholder: 'A word, or a filter such as published = true && views > 100',
  isFirst: 'It is the first one.',
  isLast: 'It is the last one.',
  keepAllMine: 'Keep all of mine',
  keepMine: 'Keep mine',
  keepTheirs: 'Take theirs',
  live: {
    label: 'Live',
    changed: 'Changed elsewhere',
    deleted: 'Deleted elsewhere',
    states: {
      connecting: 'Live: connecting',
      on: 'Live',
      failed: 'Live: no connection',
    },
    show: ({ count }: Count) =>
      plural(count, { one: 'Show # new record', other: 'Show # new records' }),
  },
  loaded: ({ loaded, total }: { loaded: number; total: number | undefined }) =>
    total === undefined
      ? `${formatNumber(loaded)} loaded`
      : loaded < total
        ? `${formatNumber(loaded)} of ${plural(total, records)}`
        : plural(total, records),
  onlyTheirs: ({ from, to }: { from: string; to: string }) =>
    `was changed from “${from}” to “${to}”. Your save leaves it so.`,
  missingTitle: ({ id, name }: { id: string; name: string }) =>
    `There is no record ${id} in ${name}`,
  missingText: 'It may have been deleted, or the address may be wrong.',
  missingCollection: ({ name }: { name: string }) => `There is no collection ${name}`,
  newRecord: 'New record',
  newTitle: ({ name }: { name: string }) => `New record in ${name}`,
  next: 'Next record',
  noMatch: 'No record matches this filter.',
  noMatchText: 'Change it above, or clear it to see all records.',
  nothingToSave: 'Nothing has changed.',
  previous: 'Previous record',
  readOnly: 'Records of a view cannot be changed: its query makes them.',
  schema: 'Fields and rules',
  references: {
    effects: {
      delete: 'deleted with it',
      block: 'keeps it from being deleted',
      clear: 'loses the reference',
    },
    noFields: ({ name }: { name: string }) => `No collection refers to ${name}`,
    noFieldsText: 'A relation field of another collection would be listed here with its records.',
    none: 'No record refers to this one here.',
    open: ({ count }: Count) => `Open ${plural(count, records)} in the table`,
  },
  refresh: 'Refresh',
  refused: 'Not deleted',
  save: 'Save',
  saveAndClose: 'Save and close',
  selected: ({ count }: Count) => `${plural(count, records)} selected`,
  selectedMenu: 'Selected records',
  saveFailed: 'Not saved',
  saveUnconfirmed:
    'The server did not confirm this, so it may or may not be saved. Your input is still here. Compare with what is stored, or try again.',
  viewAs: {
    title: 'View as',
    text: 'Opens the table with exactly the rows that the rules give this account. Nothing can be changed there.',
    start: 'View as this account',
    failed: 'The view was not opened.',
    band: ({ label, collection }: { label: string; collection: string }) =>
      `You see what ${label} of ${collection} sees. Choose a collection; nothing can be changed.`,
    none: ({ name }: { name: string }) => `This account sees no record of ${name}`,
    end: 'End this view',
    readOnly: 'Records are read only while you view them as another account.',
  },
  tabs: {
    label: 'Parts of the record',
    fields: 'Fields',
    references: 'Referenced by',
    account: 'Account',
  },
  takeAllTheirs: 'Take all of theirs',
  unreadable: 'The records could not be read.',
  unsaved: 'Unsaved changes',
}
