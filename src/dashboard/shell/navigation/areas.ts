import {
  Archive,
  Boxes,
  Database,
  DatabaseZap,
  House,
  KeyRound,
  type LucideIcon,
  Mail,
  ScrollText,
  Settings,
  Timer,
  UserRoundCog,
  Webhook,
  Wrench,
} from 'lucide-react'
import { isLocal } from '#dashboard/api/deployment.ts'
import { t } from '#dashboard/text/t.ts'

/** An entry of the navigation. Areas without screens are not listed. */
export interface Area {
  readonly label: string
  readonly icon: LucideIcon
  /** The first screen of the area. */
  readonly to: string
  /** The prefix of the paths of its screens. */
  readonly prefix: string
  /** The key after `g` that opens it. */
  readonly chord: string
}

/** The navigation, from top to bottom. */
export const areas: readonly Area[] = [
  { label: t.shell.areas.home, icon: House, to: '/', prefix: '/', chord: 'h' },
  { label: t.shell.areas.collections, icon: Database, to: '/c', prefix: '/c', chord: 'c' },
  {
    label: t.shell.areas.schema,
    icon: Boxes,
    to: '/schema/definitions',
    prefix: '/schema',
    chord: 's',
  },
  {
    label: t.shell.areas.access,
    icon: KeyRound,
    to: '/access/rules',
    prefix: '/access',
    chord: 'a',
  },
  { label: t.shell.areas.logs, icon: ScrollText, to: '/logs', prefix: '/logs', chord: 'l' },
  // Only a local machine has an inbox.
  ...(isLocal
    ? [{ label: t.shell.areas.mail, icon: Mail, to: '/mail/inbox', prefix: '/mail', chord: 'm' }]
    : []),
  {
    label: t.shell.areas.webhooks,
    icon: Webhook,
    to: '/webhooks',
    prefix: '/webhooks',
    chord: 'w',
  },
  {
    label: t.shell.areas.operations,
    icon: Wrench,
    to: '/operations/backups',
    prefix: '/operations',
    chord: 'o',
  },
  {
    label: t.shell.areas.settings,
    icon: Settings,
    to: '/settings/application',
    prefix: '/settings',
    chord: 't',
  },
]

/** A screen that the palette finds although it is no area. */
export type Screen = Pick<Area, 'label' | 'icon' | 'to'>

const { pages } = t.operations

/** The screens within areas, and outside of any. */
export const screens: readonly Screen[] = [
  { label: pages.backups, icon: Archive, to: '/operations/backups' },
  { label: pages.jobs, icon: Timer, to: '/operations/jobs' },
  { label: pages.sql, icon: DatabaseZap, to: '/operations/sql' },
  { label: t.me.title, icon: UserRoundCog, to: '/me' },
]

/** The area of a path. */
export function areaOf(path: string): Area | undefined {
  return areas.find(({ prefix }) =>
    prefix === '/' ? path === '/' : path === prefix || path.startsWith(`${prefix}/`),
  )
}
