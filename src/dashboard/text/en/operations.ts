import { formatNumber, plural } from '#dashboard/text/format.ts'
import { functions } from './functions.ts'

/** Texts of the operations area. */
export const operations = {
  pagesLabel: 'Operations',
  pages: { backups: 'Backups', jobs: 'Jobs', tasks: 'Tasks', sql: 'SQL' },
  functions,
  schedule: {
    days: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    minutes: ({ count }: { count: number }) =>
      plural(count, { one: 'Every minute', other: 'Every # minutes' }),
    hours: ({ count, minute }: { count: number; minute: string }) =>
      `${plural(count, { one: 'Every hour', other: 'Every # hours' })}, at minute ${minute}`,
    daily: ({ time }: { time: string }) => `Every day at ${time} UTC`,
    weekly: ({ day, time }: { day: string; time: string }) => `Every ${day} at ${time} UTC`,
    monthly: ({ day, time }: { day: string; time: string }) =>
      `On day ${day} of every month at ${time} UTC`,
    custom: ({ expression }: { expression: string }) => `On the schedule ${expression}, UTC`,
    invalid: 'This is not a cron expression of five parts.',
    next: 'Next run',
    nextMany: 'Next runs',
  },
  backups: {
    create: 'Make a backup',
    createTitle: 'Make a backup',
    createText:
      'A backup holds the definitions, settings, records and files of this deployment, with all secrets and password hashes. Keep it as safe as the server.',
    creating: 'Making the backup. This can take some minutes.',
    name: 'Name',
    nameHelp:
      'Lower-case letters, digits, _ and -. Left empty, it is named after the application and the time.',
    created: 'Backup made.',
    upload: 'Upload',
    uploaded: 'Backup uploaded.',
    list: 'Backups',
    unreadable: 'The backups could not be read.',
    none: 'No backups yet',
    noneText:
      'A backup is one file with everything in this deployment. Make one now, or set a schedule below.',
    scheduled: 'Scheduled',
    made: 'Made',
    download: ({ name }: { name: string }) => `Download ${name}`,
    restore: 'Restore',
    restoreNamed: ({ name }: { name: string }) => `Restore ${name}`,
    delete: ({ name }: { name: string }) => `Delete ${name}`,
    deleteTitle: 'Delete this backup?',
    deleteText: ({ name }: { name: string }) =>
      `${name} is deleted for good. Nothing else in this deployment changes.`,
    deleteAction: 'Delete backup',
    deleted: 'Backup deleted.',
    restoreTitle: 'Restore this backup?',
    restoreText: ({ time }: { time: string }) =>
      `Everything in this deployment is replaced by its state of ${time}: collections, records, accounts, settings and files. What was written since is lost. Accounts whose password changed since must sign in again.`,
    makeFirst: 'Make a backup of the present state first',
    restoreAction: 'Restore backup',
    busy: 'A backup is being made or restored. This page follows it.',
    busyReason: 'A backup is being made or restored',
    reconnecting: 'The server does not respond at the moment. Trying again.',
    restored: ({ name }: { name: string }) => `${name} is restored.`,
    notCreated: 'The backup was not made.',
    notUploaded: 'The file was not uploaded.',
    notDeleted: 'The backup was not deleted.',
    notRestored: 'The restore was not started. Nothing was changed.',
    notDownloaded: 'The download was not started.',
    lastFailed: ({ name, reason }: { name: string; reason: string }) =>
      `The last backup, ${name}, failed: ${reason}`,
    restoreFailed: ({ name, reason }: { name: string; reason: string }) =>
      `The last restore, of ${name}, failed and changed nothing: ${reason}`,
    incomplete: ({ name, count }: { name: string; count: number }) =>
      `${name} lacks ${plural(count, {
        one: 'one value or file that could not be stored',
        other: '# values or files that could not be stored',
      })}.`,
    scheduleTitle: 'Schedule',
    scheduleOff: 'No backups are made by themselves.',
    scheduleOn: ({ words, count }: { words: string; count: number }) =>
      `${words}. ${plural(count, {
        one: 'Only the newest scheduled backup is kept.',
        other: 'The newest # scheduled backups are kept.',
      })}`,
    scheduleSet: 'Set a schedule',
    scheduleChange: 'Change schedule',
    scheduleWhen: 'When',
    choices: {
      '': 'Never',
      '0 3 * * *': 'Every day at 03:00 UTC',
      '0 3 * * 0': 'Every Sunday at 03:00 UTC',
      '0 3 1 * *': 'On day 1 of every month at 03:00 UTC',
      custom: 'Another time',
    },
    cron: 'Cron expression',
    cronHelp: 'Minute, hour, day of the month, month, day of the week. In UTC.',
    keep: 'Number to keep',
    keepHelp: 'Older scheduled backups are deleted. Those made by hand stay.',
    scheduleSaved: 'Schedule saved.',
    timeTravel:
      'On Cloudflare, Time Travel of D1 can also bring the database, but no files, back to any minute of the last 7 or 30 days, depending on the plan:',
  },
  jobs: {
    intro: 'The server runs these jobs by itself. A missed run is caught up within ten minutes.',
    list: 'Jobs',
    unreadable: 'The jobs could not be read.',
    own: 'Arete',
    run: 'Run now',
    runNamed: ({ name }: { name: string }) => `Run now: ${name}`,
    ran: ({ milliseconds }: { milliseconds: number }) =>
      `Finished in ${formatNumber(milliseconds)} ms.`,
    failed: 'The job failed.',
    lastRun: 'Last scheduled run',
    never: 'Has not run on schedule yet',
    known: {
      __pbDBOptimize__: {
        name: 'Optimise the database',
        text: 'Optimises the indexes, and removes the remains of an unfinished import.',
      },
      __pbMFACleanup__: {
        name: 'Clean up sign-ins',
        text: 'Removes sign-ins whose second step never came.',
      },
      __pbOTPCleanup__: { name: 'Clean up codes', text: 'Removes expired one-time codes.' },
      __pbLogsCleanup__: {
        name: 'Clean up logs',
        text: 'Removes logs that are older than the settings allow.',
      },
      __areteSecretsSealing__: {
        name: 'Encrypt secrets',
        text: 'Encrypts secrets of the settings that are stored in plain text or under an earlier key.',
      },
      __areteCountersCleanup__: {
        name: 'Clean up counters',
        text: 'Removes expired attempts, delays and sessions.',
      },
      __areteMailDelivery__: { name: 'Deliver mails', text: 'Sends the mails that wait.' },
      __areteWebhookDelivery__: {
        name: 'Deliver webhooks',
        text: 'Sends the events that wait for webhooks.',
      },
      __areteFilesCleanup__: {
        name: 'Clean up files',
        text: 'Removes files that no record names.',
      },
      __areteJsonMending__: {
        name: 'Mend JSON values',
        text: 'Stores NULL where an older version stored the text null.',
      },
      __pbAutoBackup__: {
        name: 'Scheduled backup',
        text: 'Makes a backup, and removes those that are too many.',
      },
    },
  },
  sql: {
    title: 'SQL',
    notice: 'SQL bypasses rules, validation and realtime.',
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
