import { formatNumber, plural } from '#dashboard/text/format.ts'

const records = { one: '# record', other: '# records' }
const rows = { one: '# row', other: '# rows' }

interface Count {
  readonly count: number
}

interface Name {
  readonly name: string
}

/** Import and export of records. */
export const transfer = {
  exportOpen: 'Export',
  exportTitle: ({ name }: Name) => `Export records of ${name}`,
  exportAction: 'Export',
  notExported: 'Nothing was exported.',
  scope: 'Records',
  scopes: {
    selected: ({ count }: Count) => `The ${plural(count, records)} selected`,
    filtered: 'Those that match the filter',
    all: 'All',
  },
  format: 'Format',
  csvHelp: 'For spreadsheets. Texts that look like formulas get an apostrophe, so that none runs.',
  ndjsonHelp: 'One record a line, for scripts.',
  fields: 'Fields',
  read: ({ count }: Count) => `${plural(count, records)} read`,
  notMoved:
    'Files and passwords do not move this way: an exported file has the names of files only, and an import leaves files out. Times that the server sets are set again.',
  importOpen: 'Import',
  importTitle: ({ name }: Name) => `Import records into ${name}`,
  view: 'Records of a view cannot be imported: its query makes them.',
  toTable: 'Open the table',
  otherFile: 'Choose another file',
  rows: ({ count }: Count) => plural(count, rows),
  chooseFile: 'Choose a file',
  dropFile: 'or drop a CSV, NDJSON or JSON file here',
  unreadable: 'This file cannot be read.',
  noRows: 'It has no rows below its header.',
  encoding: 'Encoding',
  encodings: {
    'utf-8': 'UTF-8',
    'windows-1252': 'Windows-1252',
    'utf-16le': 'UTF-16',
  },
  checkLetters: 'The file is not in UTF-8. Check that accented letters look right below.',
  delimiter: 'Separator',
  delimiters: { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab', '|': 'Bar' },
  sample: 'First rows',
  continueWith: ({ count }: Count) => `Continue with ${plural(count, rows)}`,
  columns: 'Columns',
  fieldOf: ({ column }: { column: string }) => `Field for ${column}`,
  ignored: 'Not imported',
  ignoredColumns: ({ names }: { names: readonly string[] }) => `Not imported: ${names.join(', ')}.`,
  mode: 'Rows',
  modes: {
    create: 'Create a record for each row',
    upsert: 'Update records that exist, create the others',
    update: 'Update records that exist',
  },
  modeHelp: {
    create: 'A row whose id exists fails.',
    upsert: 'A row without changes is left alone.',
    update: 'A row without a record fails.',
  },
  key: 'Find records by',
  keyHelp: 'The id, or a field with a unique index.',
  noKey: ({ key }: { key: string }) => `${key}: a row needs it to find its record.`,
  missing: ({ name }: Name) => `${name}: a value is required.`,
  unknownOption: ({ name, value }: { name: string; value: string }) =>
    `${name}: ${value} is not one of the choices.`,
  noProblems: ({ count }: Count) => `${plural(count, rows)} checked, no problem found.`,
  problems: ({ bad, all }: { bad: number; all: number }) =>
    `${formatNumber(bad)} of ${plural(all, rows)} cannot be imported as they are, and are left out.`,
  line: ({ line }: { line: number }) => `Line ${line}`,
  moreProblems: ({ count }: Count) => `And ${plural(count, rows)} more.`,
  nothing: 'No row can be imported.',
  importAction: ({ count }: Count) => `Import ${plural(count, rows)}`,
  progressLabel: 'Import',
  progress: ({ finished, all }: { finished: number; all: number }) =>
    `${formatNumber(finished)} of ${plural(all, rows)}`,
  stay: 'Keep this tab open until it is done.',
  stop: 'Stop',
  stopped: ({ count }: Count) => `Stopped: ${plural(count, rows)} were not imported.`,
  result: ({
    created,
    updated,
    unchanged,
    failed,
  }: {
    created: number
    updated: number
    unchanged: number
    failed: number
  }) =>
    `${formatNumber(created)} created, ${formatNumber(updated)} updated, ${formatNumber(unchanged)} unchanged, ${formatNumber(failed)} failed.`,
  failedRows: 'These rows were not imported. Save them, correct them, and import that file.',
  saveFailed: ({ count }: Count) => `Save ${plural(count, rows)} as a file`,
  errorColumn: 'error',
}
