import { formatNumber, plural } from '#dashboard/text/format.ts'

const records = { one: '# record', other: '# records' }

interface Count {
  readonly count: number
}

interface Name {
  readonly name: string
}

/** The edit of several records at once. */
export const bulk = {
  open: ({ count }: Count) => `Edit ${plural(count, records)}`,
  title: ({ count }: Count) => `Edit ${plural(count, records)}`,
  action: ({ count }: Count) => `Change ${plural(count, records)}`,
  field: 'Add a field',
  chooseField: 'Choose a field',
  nothing: 'Choose a field first.',
  operation: ({ name }: Name) => `Change of ${name}`,
  operations: { set: 'Set', clear: 'Clear', add: 'Add', subtract: 'Subtract or remove' },
  remove: ({ name }: Name) => `Leave ${name} as it is`,
  preview: ({ shown, all }: { shown: number; all: number }) =>
    shown === all
      ? 'The records before and after'
      : `The first ${shown} of ${plural(all, records)} before and after`,
  record: 'Record',
  progress: ({ finished, all }: { finished: number; all: number }) =>
    `${formatNumber(finished)} of ${plural(all, records)}`,
  stop: 'Stop',
  refusedTitle: 'Not all were changed',
  changedPartly: ({ changed, all }: { changed: number; all: number }) =>
    `${formatNumber(changed)} of ${plural(all, records)} were changed. The others stay selected.`,
}
