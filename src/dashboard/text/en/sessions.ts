import { plural } from '#dashboard/text/format.ts'

/** Texts of the list of an account's sessions. */
export const sessions = {
  title: 'Sessions',
  unreadable: 'The sessions could not be read.',
  none: 'Not signed in anywhere.',
  current: 'This session',
  unknownDevice: 'Unknown device',
  lastSeen: 'Last seen',
  signedIn: 'Signed in',
  end: 'End',
  endNamed: ({ device }: { device: string }) => `End the session on ${device}`,
  notEnded: 'The session was not ended.',
  ended: 'Session ended.',
  endOthers: 'End all other sessions',
  endAll: 'End all sessions',
  endOthersTitle: 'End all other sessions?',
  endAllTitle: 'End all sessions?',
  endMany: ({ count }: { count: number }) =>
    plural(count, {
      one: 'One session ends at its next request, and must sign in again.',
      other: '# sessions end at their next request, and must sign in again.',
    }),
  endLinks: 'Mailed links and one-time codes of this account stop working, too.',
  manyEnded: 'Sessions ended.',
}
