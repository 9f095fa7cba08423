import { plural } from '#dashboard/text/format.ts'

/** The first screen. */
export const home = {
  title: 'Home',
  recent: 'Collections',
  fieldCount: ({ count }: { count: number }) =>
    plural(count, { one: '# field', other: '# fields' }),
  none: 'No collections yet',
  noneText: 'A collection holds records of one kind, such as posts or orders.',
  unreadable: 'The collections could not be read.',
}
