/** Texts of the access rules screen. */
export const access = {
  rules: {
    title: 'Access rules',
    collection: 'Collection',
    closed: 'Superusers',
    open: 'Everyone',
    absent: '–',
    noRule: 'Collections of this type have no such rule',
    cell: (parts: { collection: string; action: string; rule: string }) =>
      `${parts.collection}, ${parts.action}: ${parts.rule}`,
    filterLabel: 'Rules to show',
    filters: { all: 'All', open: 'Open to everyone', signedIn: 'Depend on the account' },
    none: {
      all: 'There are no collections yet',
      open: 'No rule is open to everyone',
      signedIn: 'No rule depends on the account',
    },
  },
}
