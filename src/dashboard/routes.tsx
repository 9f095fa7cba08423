import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { sessionState } from './api/session.ts'
import { ErrorScreen } from './shell/error-screen.tsx'
import { Frame } from './shell/frame.tsx'
import { NotFoundScreen } from './shell/not-found-screen.tsx'
import { parseSearch, stringifySearch } from './shell/search-params.ts'
import { SignInScreen } from './setup/sign-in-screen.tsx'

const root = createRootRoute({ notFoundComponent: NotFoundScreen })

/** The string parameters of a search, by name. */
function texts<Name extends string>(...names: readonly Name[]) {
  return (search: Record<string, unknown>): Partial<Record<Name, string>> => {
    const known = names.flatMap((name) => {
      const value = search[name]
      return typeof value === 'string' && value !== '' ? [[name, value] as const] : []
    })
    return Object.fromEntries(known) as Partial<Record<Name, string>>
  }
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: texts('next'),
  component: SignInScreen,
})

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./setup/setup-screen.tsx'), 'SetupScreen'),
})

const docs = createRoute({
  getParentRoute: () => root,
  path: '/docs',
  component: lazyRouteComponent(() => import('./docs/docs-screen.tsx'), 'DocsScreen'),
})

/** Routes inside the frame, for signed-in users. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Frame,
  beforeLoad: ({ location }) => {
    if (sessionState() !== 'signedOut') return
    const next = location.href === '/' ? {} : { next: location.href }
    // oxlint-disable-next-line typescript/only-throw-error -- the router redirects by throwing
    throw redirect({ to: '/sign-in', search: next, replace: true })
  },
})

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('./home/home-screen.tsx'), 'HomeScreen'),
})

const collections = createRoute({
  getParentRoute: () => inside,
  path: '/c',
  component: lazyRouteComponent(
    () => import('./records/collections-screen.tsx'),
    'CollectionsScreen',
  ),
})

const records = createRoute({
  getParentRoute: () => inside,
  path: '/c/$collection',
  validateSearch: texts('filter', 'sort', 'columns', 'from', 'tab', 'live'),
  component: lazyRouteComponent(() => import('./records/records-screen.tsx'), 'RecordsScreen'),
})

/** The screen of the records shows the record beside them; this route only names it. */
const record = createRoute({ getParentRoute: () => records, path: '$record' })

const importRecords = createRoute({
  getParentRoute: () => inside,
  path: '/c/$collection/import',
  component: lazyRouteComponent(
    () => import('./records/transfer/import-screen.tsx'),
    'ImportScreen',
  ),
})

const newCollection = createRoute({
  getParentRoute: () => inside,
  path: '/c/new',
  component: lazyRouteComponent(
    () => import('./schema/new-collection-screen.tsx'),
    'NewCollectionScreen',
  ),
})

const schema = createRoute({
  getParentRoute: () => inside,
  path: '/c/$collection/schema/$part',
  validateSearch: texts('operation'),
  component: lazyRouteComponent(() => import('./schema/schema-screen.tsx'), 'SchemaScreen'),
})

const definitions = createRoute({
  getParentRoute: () => inside,
  path: '/schema/definitions',
  component: lazyRouteComponent(
    () => import('./definitions/definitions-screen.tsx'),
    'DefinitionsScreen',
  ),
})

const schemaHistory = createRoute({
  getParentRoute: () => inside,
  path: '/schema/history',
  validateSearch: texts('page'),
  component: lazyRouteComponent(() => import('./definitions/history-screen.tsx'), 'HistoryScreen'),
})

const types = createRoute({
  getParentRoute: () => inside,
  path: '/schema/types',
  component: lazyRouteComponent(() => import('./docs/types-screen.tsx'), 'TypesScreen'),
})

const logs = createRoute({
  getParentRoute: () => inside,
  path: '/logs',
  validateSearch: texts('filter', 'range', 'from', 'to', 'sort', 'superusers', 'live'),
  component: lazyRouteComponent(() => import('./logs/logs-screen.tsx'), 'LogsScreen'),
})

const logEntry = createRoute({
  getParentRoute: () => logs,
  path: '$entry',
  component: lazyRouteComponent(() => import('./logs/log-entry-panel.tsx'), 'LogEntryPanel'),
})

const settingsStart = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  beforeLoad: () => {
    // oxlint-disable-next-line typescript/only-throw-error -- how the router is told to go elsewhere
    throw redirect({ to: '/settings/$page', params: { page: 'application' }, replace: true })
  },
})

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings/$page',
  component: lazyRouteComponent(() => import('./settings/settings-screen.tsx'), 'SettingsScreen'),
})

const rulesOverview = createRoute({
  getParentRoute: () => inside,
  path: '/access/rules',
  validateSearch: texts('show'),
  component: lazyRouteComponent(
    () => import('./access/rules-overview-screen.tsx'),
    'RulesOverviewScreen',
  ),
})

const me = createRoute({
  getParentRoute: () => inside,
  path: '/me',
  component: lazyRouteComponent(() => import('./me/me-screen.tsx'), 'MeScreen'),
})

const inbox = createRoute({
  getParentRoute: () => inside,
  path: '/mail/inbox',
  component: lazyRouteComponent(() => import('./mail/inbox-screen.tsx'), 'InboxScreen'),
})

const inboxMail = createRoute({
  getParentRoute: () => inbox,
  path: '$number',
  component: lazyRouteComponent(() => import('./mail/mail-panel.tsx'), 'MailPanel'),
})

const backups = createRoute({
  getParentRoute: () => inside,
  path: '/operations/backups',
  component: lazyRouteComponent(() => import('./operations/backups-screen.tsx'), 'BackupsScreen'),
})

const jobs = createRoute({
  getParentRoute: () => inside,
  path: '/operations/jobs',
  component: lazyRouteComponent(() => import('./operations/jobs-screen.tsx'), 'JobsScreen'),
})

const tasks = createRoute({
  getParentRoute: () => inside,
  path: '/operations/tasks',
  validateSearch: texts('function', 'state', 'page', 'call'),
  component: lazyRouteComponent(() => import('./operations/tasks-screen.tsx'), 'TasksScreen'),
})

const sql = createRoute({
  getParentRoute: () => inside,
  path: '/operations/sql',
  component: lazyRouteComponent(() => import('./operations/sql-screen.tsx'), 'SqlScreen'),
})

const webhooks = createRoute({
  getParentRoute: () => inside,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('./webhooks/webhooks-screen.tsx'), 'WebhooksScreen'),
})

const newWebhook = createRoute({
  getParentRoute: () => inside,
  path: '/webhooks/new',
  validateSearch: texts('collection'),
  component: lazyRouteComponent(
    () => import('./webhooks/new-webhook-screen.tsx'),
    'NewWebhookScreen',
  ),
})

const deliveries = createRoute({
  getParentRoute: () => inside,
  path: '/webhooks/$webhook',
  validateSearch: texts('state', 'since', 'until', 'page', 'delivery'),
  component: lazyRouteComponent(
    () => import('./webhooks/deliveries-screen.tsx'),
    'DeliveriesScreen',
  ),
})

const editWebhook = createRoute({
  getParentRoute: () => inside,
  path: '/webhooks/$webhook/edit',
  component: lazyRouteComponent(
    () => import('./webhooks/edit-webhook-screen.tsx'),
    'EditWebhookScreen',
  ),
})

const explain = createRoute({
  getParentRoute: () => inside,
  path: '/access/explain',
  validateSearch: texts(
    'collection',
    'action',
    'as',
    'record',
    'rule',
    'filter',
    'sort',
    'expand',
    'topic',
  ),
  component: lazyRouteComponent(() => import('./access/explain-screen.tsx'), 'ExplainScreen'),
})

const superusers = createRoute({
  getParentRoute: () => inside,
  path: '/access/superusers',
  component: lazyRouteComponent(() => import('./access/superusers-screen.tsx'), 'SuperusersScreen'),
})

const routeTree = root.addChildren([
  setup,
  signIn,
  docs,
  inside.addChildren([
    home,
    collections,
    records.addChildren([record]),
    importRecords,
    newCollection,
    schema,
    definitions,
    schemaHistory,
    types,
    rulesOverview,
    explain,
    superusers,
    logs.addChildren([logEntry]),
    me,
    inbox.addChildren([inboxMail]),
    backups,
    jobs,
    tasks,
    sql,
    webhooks,
    newWebhook,
    deliveries,
    editWebhook,
    settingsStart,
    settings,
  ]),
])

/** The router: one route per screen, each in its own chunk except sign-in. */
export const router = createRouter({
  routeTree,
  basepath: import.meta.env.BASE_URL.replace(/\/$/, ''),
  parseSearch,
  stringifySearch,
  defaultErrorComponent: ErrorScreen,
  defaultNotFoundComponent: NotFoundScreen,
  defaultPreload: 'intent',
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
