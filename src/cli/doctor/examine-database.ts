import { defaultSettings } from '#settings/defaults.ts'
import { decodeSettings } from '#settings/decode.ts'
import type { Settings } from '#settings/settings.ts'
import { counted } from '#cli/terminal/wording.ts'
import type { DeploymentFacts, DeploymentState } from './deployment-facts.ts'
import { type Finding, fine, problem, warning } from './finding.ts'

/** A database, and what is known of its deployment. */
export interface ExaminedDatabase {
  readonly facts: DeploymentFacts
  /** The migrations of this version, in order. */
  readonly known: readonly string[]
  /**
   * A deployment for others than its developer: its links have to lead to it, and its superusers need
   * more than a password.
   */
  readonly isPublic: boolean
  /** True if jobs run each minute without anyone starting a server. */
  readonly hasScheduler: boolean
  /** True if the host sends mails without SMTP. */
  readonly hasMailBinding: boolean
  /** The command that applies missing migrations. */
  readonly migrate: string
  /** The options that name the deployment in other commands, with a space before. */
  readonly target: string
  readonly now: Date
}

/** Examines the database of a deployment. */
export function examineDatabase(examined: ExaminedDatabase): readonly Finding[] {
  const { state } = examined.facts
  const tables = tableFindings(examined)
  if (state === undefined) return tables
  const settings = decodeSettings(state.settings)
  return [
    ...tables,
    ...superuserFindings(state, examined),
    ...clockFindings(state, examined),
    ...(examined.isPublic
      ? [
          ...addressFindings(settings),
          ...mailFindings(settings, examined),
          ...backupFindings(settings),
        ]
      : []),
  ]
}

function tableFindings({ facts, known, migrate }: ExaminedDatabase): readonly Finding[] {
  const applied = new Set(facts.applied)
  const missing = known.filter((name) => !applied.has(name))
  const unknown = facts.applied.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    const message = `The database is newer than this version, which does not know ${unknown.join(', ')}.`
    return [
      problem(
        'migrations',
        message,
        'install the version that has made the tables, or a newer one.',
      ),
    ]
  }
  if (applied.size === 0) return [problem('migrations', 'The database has no tables yet.', migrate)]
  if (missing.length > 0) {
    const message = `${counted(missing.length, 'migration')} of ${known.length} ${missing.length === 1 ? 'is' : 'are'} missing: ${missing.join(', ')}.`
    return [problem('migrations', message, migrate)]
  }
  return [fine('migrations', `All ${known.length} migrations are applied.`)]
}

function superuserFindings(
  { superusers, unprotected }: DeploymentState,
  { isPublic, target }: ExaminedDatabase,
): readonly Finding[] {
  if (superusers === 0) {
    const create = `npx arete superuser upsert EMAIL PASSWORD${target}`
    return [warning('superusers', 'There is no superuser, so the dashboard is closed.', create)]
  }
  if (!isPublic || unprotected.length === 0) {
    return [
      fine(
        'superusers',
        `There ${superusers === 1 ? 'is' : 'are'} ${counted(superusers, 'superuser')}.`,
      ),
    ]
  }
  const message = `${unprotected.join(', ')} ${unprotected.length === 1 ? 'signs' : 'sign'} in with a password alone.`
  const fix = 'add an authenticator app in the dashboard, under the account.'
  return [warning('second-factor', message, fix)]
}

/** Clocks may differ by this much: a code of an authenticator is valid for as long. */
const tolerance = 30

/** Jobs run every minute. */
const overdue = 10 * 60

function clockFindings(
  { now: there, lastRun }: DeploymentState,
  { now, hasScheduler }: ExaminedDatabase,
): readonly Finding[] {
  const here = Math.floor(now.getTime() / 1000)
  const difference = Math.abs(there - here)
  if (difference > tolerance) {
    const message = `The clock of this machine and that of the database differ by ${counted(difference, 'second')}.`
    return [warning('clock', message, 'set the clock of this machine by NTP.')]
  }
  if (lastRun !== null && lastRun - here > 2 * tolerance) {
    const message = 'Jobs have run at a time that is still to come: the clock was set back.'
    return [
      problem('clock', message, 'set the clock by NTP. Jobs run again when that time is reached.'),
    ]
  }
  if (hasScheduler && (lastRun === null || here - lastRun > overdue)) {
    const message = 'No scheduled job has run in the last ten minutes, so no mail is sent.'
    return [problem('jobs', message, 'keep crons = ["* * * * *"] in wrangler.toml, and deploy it.')]
  }
  return [fine('clock', 'The clock is right.')]
}

function addressFindings({ meta: { appURL } }: Settings): readonly Finding[] {
  const fix = 'set meta.appURL in the settings of the dashboard to the public address.'
  if (!URL.canParse(appURL)) {
    return [problem('app-url', `The address of the application, "${appURL}", is no URL.`, fix)]
  }
  const { protocol, hostname } = new URL(appURL)
  if (/^(?:localhost|127\.|\[?::1)/.test(hostname)) {
    return [problem('app-url', `Links in mails lead to ${appURL}, which is this machine.`, fix)]
  }
  if (protocol !== 'https:') {
    return [warning('app-url', `Links in mails lead to ${appURL}, without encryption.`, fix)]
  }
  return [fine('app-url', `Links in mails lead to ${appURL}.`)]
}

function mailFindings(
  { smtp, meta: { senderAddress } }: Settings,
  { hasMailBinding }: ExaminedDatabase,
): readonly Finding[] {
  const see = 'docs/mail.md has the steps for SMTP and for Cloudflare.'
  if (!smtp.enabled && !hasMailBinding) {
    return [warning('mail', 'No mail can be sent: SMTP is off, and there is no binding MAIL.', see)]
  }
  if (senderAddress === defaultSettings.meta.senderAddress) {
    const message = `Mails come from ${senderAddress}, which receivers reject.`
    return [problem('mail', message, 'set meta.senderAddress in the settings of the dashboard.')]
  }
  return [fine('mail', `Mails are sent ${smtp.enabled ? `by ${smtp.host}` : 'by Cloudflare'}.`)]
}

function backupFindings({ backups: { cron } }: Settings): readonly Finding[] {
  if (cron !== '') return [fine('backups', `Backups are made on the schedule ${cron}.`)]
  const fix = 'set backups.cron in the settings of the dashboard, such as 0 3 * * *.'
  return [warning('backups', 'No backup is made on a schedule.', fix)]
}
