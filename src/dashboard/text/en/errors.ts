import { plural } from '#dashboard/text/format.ts'

/** Error messages: what happened, and what is certain. */
export const errors = {
  forbidden: 'This account may not do that.',
  notSaved: ({ count }: { count: number }) =>
    count === 0
      ? 'Not saved. Your changes are still here.'
      : `Not saved: ${plural(count, { one: '# field needs', other: '# fields need' })} attention. Your changes are still here.`,
  server: ({ status }: { status: number }) =>
    `The server did not confirm this (${status}), so it may or may not have happened.`,
  tooMany: ({ seconds }: { seconds: number | undefined }) =>
    seconds === undefined
      ? 'Too many requests. Wait a moment, then try again.'
      : `Too many requests. Try again in ${plural(seconds, { one: '# second', other: '# seconds' })}.`,
  unreachable: 'The server could not be reached. Check the connection and that it runs.',
  notFoundTitle: 'There is nothing at this address',
  notFound: 'It may have been renamed or deleted.',
  goHome: 'Go to Home',
  crashedTitle: 'This screen stopped working',
  crashed: 'What you typed elsewhere is kept. Reloading brings the screen back.',
  reload: 'Reload',
  outdatedTitle: 'A newer dashboard is there',
  outdated:
    'A part of this one could not be loaded, which happens after a deployment. Drafts are kept.',
}
