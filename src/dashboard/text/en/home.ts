import { plural } from '#dashboard/text/format.ts'

/** The first screen. */
export const home = {
  title: 'Home',
  attention: 'Needs attention',
  allWell: 'Nothing needs attention.',
  problem: 'Problem',
  advice: 'Advice',
  dismiss: ({ title }: { title: string }) => `Dismiss: ${title}`,
  checks: {
    backupFailed: {
      title: 'The last backup failed',
      text: 'The reason stands with the backups.',
      action: 'Open backups',
    },
    openWrite: {
      title: ({ names }: { names: string }) => `Anyone may change records in ${names}`,
      text: 'A rule for create, update or delete is open to everyone, also without signing in.',
      action: 'Check the rules',
    },
    localUrl: {
      title: 'The application URL is a local address',
      text: 'Links in mails begin with it, so they lead nowhere for others.',
      action: 'Change the URL',
    },
    backupsOff: {
      title: 'No backups are made by themselves',
      text: 'A schedule makes one every day or week and keeps the newest.',
      action: 'Set a schedule',
    },
    mailOff: {
      title: 'SMTP is off',
      text: 'Mails leave only if the platform sends them. Send a test mail to be sure.',
      action: 'Set up mail',
    },
    rateLimitsOff: {
      title: 'Rate limits are off',
      text: 'A single client can send any number of requests.',
      action: 'Set limits',
    },
  },
  firstSteps: 'First steps',
  done: 'Done',
  steps: {
    collection: {
      title: 'Create a collection',
      text: 'It holds records of one kind, such as posts or orders.',
    },
    record: {
      title: 'Create a record',
      text: 'In the table of a collection, or from your app.',
    },
    request: {
      title: 'Send a request from your app',
      text: 'Install the official client and read the records that your rules allow:',
    },
  },
  requests: 'Requests of the last 24 hours',
  noRequests: 'No requests by apps in the last 24 hours.',
  openLogs: 'Open the logs',
  recent: 'Collections changed lately',
  fieldCount: ({ count }: { count: number }) =>
    plural(count, { one: '# field', other: '# fields' }),
  unreadable: 'The collections could not be read.',
}
