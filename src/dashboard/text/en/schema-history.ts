import { plural } from '#dashboard/text/format.ts'

interface Named {
  readonly name: string
}

/** The history of definitions, and what differs from the last push. */
export const schemaHistory = {
  title: 'History of definitions',
  unreadable: 'The history could not be read.',
  emptyTitle: 'No changes yet',
  empty:
    'Each change of a collection is listed here: by the dashboard, a push, an import or a restore.',
  list: 'Changes, newest first',
  sources: {
    dashboard: 'Dashboard or API',
    push: 'Push',
    import: 'Import',
    restore: 'Undo or restore',
  },
  by: 'by',
  changes: ({ count }: { count: number }) => plural(count, { one: '# change', other: '# changes' }),
  bookmark: 'Time Travel bookmark from before:',
  copyBookmark: 'Copy bookmark',
  undo: 'Undo',
  undoTitle: ({ id }: { id: number }) => `Return to the definitions before change ${id}?`,
  undoText: 'Later changes of the same collections are undone, too. This is what happens:',
  undoNothing: 'Nothing: the definitions are already like that.',
  undoLoss: 'Values of removed fields and deleted records do not come back with it.',
  loses: 'These values are lost for good',
  unticked: 'Tick the line above first.',
  planning: 'The changes are being planned.',
  undoAction: 'Return to these definitions',
  undone: 'The definitions are as they were before.',
  notPlanned: 'This cannot be undone now.',
  notUndone: 'Nothing was undone.',
  blocked: 'Some of these changes are not possible.',
  pages: 'Pages of the history',
  driftTitle: 'Changed since the last push',
  drift: ({ count }: { count: number }) =>
    plural(count, {
      one: '# definition differs from the code that was pushed last. Pull it into the code, or push again:',
      other:
        '# parts of the definitions differ from the code that was pushed last. Pull them into the code, or push again:',
    }),
  pull: 'npm run pull -- --write',
  kinds: {
    'collection.create': ({ name }: Named) => `Creates ${name}`,
    'collection.drop': ({ name }: Named) => `Deletes ${name} with its records`,
    'collection.rename': ({ name }: Named) => `Renames a collection to ${name}`,
    'field.add': ({ name }: Named) => `Adds ${name}`,
    'field.drop': ({ name }: Named) => `Removes ${name}`,
    'field.rename': ({ name }: Named) => `Renames a field to ${name}`,
    'field.change': ({ name }: Named) => `Changes ${name}`,
    'field.order': ({ name }: Named) => `Changes the order of the fields of ${name}`,
    'index.add': ({ name }: Named) => `Adds an index to ${name}`,
    'index.drop': ({ name }: Named) => `Removes an index of ${name}`,
    rules: ({ name }: Named) => `Changes the rule ${name}`,
    options: ({ name }: Named) => `Changes ${name}`,
    secrets: ({ name }: Named) => `Changes secrets of ${name}`,
  },
  access: {
    opens: 'Gives more callers access',
    closes: 'Takes access from callers',
    changes: 'Changes who has access',
  },
  risks: {
    destructive: ({ count }: { count: number }) =>
      plural(count, { one: '# record loses values', other: '# records lose values' }),
    slow: 'Takes a while',
    blocked: 'Not possible',
  },
}
