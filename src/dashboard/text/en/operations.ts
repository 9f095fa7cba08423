import { formatNumber, plural } from '#dashboard/text/format.ts'

/** Texts of the operations area. */
export const operations = {
  pagesLabel: 'Operations',
  pages: { sql: 'SQL' },
  sql: {
    title: 'SQL',
    notice: 'SQL bypasses rules, validation, realtime and webhooks.',
    editor: 'SQL statement',
    run: 'Run',
    runSelection: 'Run selection',
    nothingToRun: 'Write a statement first',
    plan: 'Plan',
    planHelp: 'Shows how SQLite would run the statement',
    save: 'Save query',
    saveTitle: 'Save this query',
    saveName: 'Name',
    saved: 'Query saved.',
    queries: 'Queries',
    queriesTitle: 'Saved and recent queries',
    savedHeading: 'Saved',
    noneSaved: 'No query is saved in this browser yet.',
    recentHeading: 'Recent',
    noneRecent: 'No statement has been run in this browser yet.',
    clearRecent: 'Clear recent',
    forget: ({ name }: { name: string }) => `Delete the saved query ${name}`,
    confirmTitle: 'Run this statement?',
    confirmText: 'It changes the database. This cannot be undone.',
    confirmAction: ({ verb }: { verb: string }) => `Run ${verb}`,
    failed: 'The statement was not run.',
    unknown: 'The server did not confirm the statement.',
    several: 'Select one statement to run it alone.',
    result: 'Result',
    before: 'Run a statement to see its rows here.',
    noRows: 'No rows',
    rows: ({ count, isCut }: { count: number; isCut: boolean }) =>
      isCut
        ? `The first ${formatNumber(count)} rows`
        : plural(count, { one: '# row', other: '# rows' }),
    changed: ({ count }: { count: number }) =>
      plural(count, { one: '# row changed', other: '# rows changed' }),
    duration: ({ milliseconds }: { milliseconds: number }) => `${formatNumber(milliseconds)} ms`,
    download: 'Download CSV',
    row: ({ number }: { number: number }) => `Row ${formatNumber(number)}`,
    fullScan: 'Full scan',
    planTitle: 'Query plan',
  },
}
