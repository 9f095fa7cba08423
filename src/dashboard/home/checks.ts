import type { CollectionModel } from 'pocketbase'
import type { Health } from '#dashboard/api/operations/health.ts'
import type { Settings } from '#dashboard/api/settings.ts'
import { t } from '#dashboard/text/t.ts'

const texts = t.home.checks

/** Something about the deployment that may need a change. */
export interface Check {
  readonly code: keyof typeof texts
  /** A problem stays until it is solved; advice can be dismissed. */
  readonly level: 'problem' | 'advice'
  readonly title: string
  readonly text: string
  readonly action: string
  /** The screen that solves it. */
  readonly to: string
}

/** The state of a deployment that the checks read. */
export interface CheckedState {
  readonly settings: Settings
  readonly collections: readonly CollectionModel[]
  readonly health: Health
  /** True on a local machine, which needs neither SMTP nor a public address. */
  readonly isLocal: boolean
}

const localAddress = /^https?:\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1\])/

/** The checks that hold, problems first. */
export function findChecks({ settings, collections, health, isLocal }: CheckedState): Check[] {
  const open = collections.filter(isOpenToWrites)
  const found: Check[] = []
  if (health.lastBackup?.outcome === 'failed') {
    found.push({
      ...texts.backupFailed,
      code: 'backupFailed',
      level: 'problem',
      to: '/operations/backups',
    })
  }
  if (open.length > 0) {
    found.push({
      ...texts.openWrite,
      title: texts.openWrite.title({ names: open.map(({ name }) => name).join(', ') }),
      code: 'openWrite',
      level: 'problem',
      to: '/access/rules',
    })
  }
  if (!isLocal && localAddress.test(settings.meta.appURL)) {
    found.push({
      ...texts.localUrl,
      code: 'localUrl',
      level: 'problem',
      to: '/settings/application',
    })
  }
  if (textAt(settings['backups'], 'cron') === '') {
    found.push({
      ...texts.backupsOff,
      code: 'backupsOff',
      level: 'advice',
      to: '/operations/backups',
    })
  }
  if (!isLocal && !isEnabled(settings['smtp'])) {
    found.push({ ...texts.mailOff, code: 'mailOff', level: 'advice', to: '/settings/mail' })
  }
  if (!isEnabled(settings['rateLimits'])) {
    found.push({
      ...texts.rateLimitsOff,
      code: 'rateLimitsOff',
      level: 'advice',
      to: '/settings/limits',
    })
  }
  return found
}

/** Anyone may sign up where accounts are created, so that rule is meant to be open. */
function isOpenToWrites(collection: CollectionModel): boolean {
  const { type, system } = collection
  if (system || type === 'view') return false
  const rules = [collection.updateRule, collection.deleteRule]
  if (type !== 'auth') rules.push(collection.createRule)
  return rules.includes('')
}

function isEnabled(area: unknown): boolean {
  return (area as { readonly enabled?: boolean } | undefined)?.enabled === true
}

function textAt(area: unknown, name: string): string {
  return String((area as Readonly<Record<string, unknown>> | undefined)?.[name] ?? '')
}
