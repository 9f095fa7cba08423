/** Texts of the access rules screen. */
export const access = {
  rules: {
    title: 'Access rules',
    collection: 'Collection',
    closed: 'Superusers',
    open: 'Everyone',
    absent: '–',
    showOpen: 'Show only what is open to everyone',
    showAll: 'Show all rules',
    noneOpen: 'No rule is open to everyone',
  },
}
