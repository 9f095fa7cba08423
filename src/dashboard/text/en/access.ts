/** Texts of the area of access, and of the ways to its screens. */
export const access = {
  pagesLabel: 'Access',
  pages: { rules: 'Rules', explain: 'Explain', superusers: 'Superusers' },
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
    filters: {
      all: 'All',
      open: 'Open to everyone',
      signedIn: 'Depend on the account',
      warnings: 'Warnings',
    },
    none: {
      all: 'There are no collections yet',
      open: 'No rule is open to everyone',
      signedIn: 'No rule depends on the account',
      warnings: 'No rule has a warning',
    },
    try: 'Try this rule',
  },
  explain: {
    fromLog: 'Explain',
    fromRecord: 'Why can an account (not) see this?',
  },
}
