import { plural } from '#dashboard/text/format.ts'

interface Count {
  readonly count: number
}

/** Tasks and durable hooks of the application, and their calls. */
export const functions = {
  intro:
    'The application runs these after a write or in the background, and again until they succeed.',
  unreadable: 'The tasks could not be read.',
  emptyTitle: 'No tasks or durable hooks',
  empty: 'An application defines them in code, with task() and durable().',
  list: 'Tasks and durable hooks',
  task: 'Task',
  every: 'every collection',
  hook: ({ collection }: { collection: string }) => `Hook of ${collection}`,
  unknown: 'Not in the application any more',
  running: ({ count }: Count) => `${count} running`,
  waiting: ({ count }: Count) => `${count} waiting`,
  done: ({ count }: Count) => `${count} done`,
  dead: ({ count }: Count) => `${count} given up`,
  next: 'Next attempt',
  show: 'Show calls',
  showNamed: ({ name }: { name: string }) => `Show calls of ${name}`,
  calls: 'Calls',
  callsUnreadable: 'The calls could not be read.',
  function: 'Task or hook',
  state: 'State',
  all: 'All',
  states: { waiting: 'Waiting', done: 'Done', dead: 'Given up' },
  isRunning: 'Running',
  noMatch: 'No call matches this filter',
  noCalls: 'No calls yet',
  clear: 'Clear filter',
  refresh: 'Refresh',
  pages: 'Pages of calls',
  total: ({ count }: Count) => plural(count, { one: '# call', other: '# calls' }),
  attempts: ({ count }: Count) => plural(count, { one: '# attempt', other: '# attempts' }),
  details: 'Details',
  detailsOf: ({ id }: { id: string }) => `Details of ${id}`,
  callTitle: 'Call',
  callUnreadable: 'The call could not be read.',
  id: 'Id',
  attemptsLabel: 'Attempts',
  last: 'Last attempt',
  error: 'Error',
  payload: 'Payload',
  again: 'Run again',
  underWay: 'It is running now.',
  notRun: 'The call was not started.',
  runAgain: 'The call runs again.',
}
