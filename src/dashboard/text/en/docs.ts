/** The types of the collections, and the page of the API. */
export const docs = {
  pagesLabel: 'Schema',
  pages: { definitions: 'Definitions', history: 'History', types: 'Types and OpenAPI' },
  title: 'Types and OpenAPI',
  types: 'TypeScript types',
  typesText:
    'The records, expansions and bodies of every collection, for the official client. The names are as in pocketbase-typegen.',
  typesUnreadable: 'The types could not be read.',
  copyTypes: 'Copy types',
  downloadTypes: 'Download types',
  command: 'The same from the command line:',
  sample: 'In your app:',
  openApi: 'OpenAPI',
  openApiText:
    'A document of OpenAPI 3.1 describes every endpoint of this deployment, for generators and tools.',
  openPage: 'Open the API page',
  downloadDocument: 'Download openapi.json',
  access: 'Readers of the document',
  accessHelp: 'For everyone, it leaves out rules, hidden fields and what is locked.',
  accesses: { superusers: 'Superusers', public: 'Everyone' },

  pageTitle: 'API',
  documentUnreadable: 'The description of the API could not be read.',
  closedTitle: 'The description of this API is for superusers',
  closed: 'Sign in to the dashboard, or ask a superuser to open it to everyone.',
  signIn: 'Sign in',
  dashboard: 'Dashboard',
  takeSession: 'Use my session',
  sessionHelp: 'Requests that you try out are then sent as you, and change what you may change.',
  sessionUsed: 'Requests are sent with your session.',
}
