/*
 * Mails that tell the owner of an account what happened to it. They go to the address that the
 * account has when the batch runs.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { MailTemplate } from '#catalog/definition.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { shortUserAgent } from '#auth/sign-in/device.ts'
import type { SecurityOptions } from '#catalog/security-options.ts'
import { formatDate } from '#kernel/dates.ts'
import { composeMail } from '#mail/compose.ts'
import { enqueueMailTo } from '#mail/outbox.ts'
import { columnOf } from '#records/identifiers.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import type { AuthRequest } from '#auth/sign-in/auth-response.ts'

/** The subject of a mail. */
export type OwnerNotice =
  | 'added'
  | 'removed'
  | 'suspended'
  | 'guessed'
  | 'recoveryUsed'
  | 'recoveryReplaced'
  | 'disabled'

const templates: Readonly<Record<OwnerNotice, { subject: string; said: string; advice: string }>> =
  {
    added: {
      subject: 'An authenticator was added to your {APP_NAME} account',
      said: 'An authenticator app was added to your {APP_NAME} account:',
      advice: 'If this was not you, change your password now and remove the authenticator.',
    },
    removed: {
      subject: 'An authenticator was removed from your {APP_NAME} account',
      said: 'An authenticator app was removed from your {APP_NAME} account:',
      advice: 'If this was not you, change your password now.',
    },
    suspended: {
      subject: 'The authenticator of your {APP_NAME} account is suspended',
      said: 'There were too many wrong codes for your {APP_NAME} account. Its authenticator works again once you sign in with a recovery code or another method:',
      advice: 'Your password is known to another person. Change it now.',
    },
    guessed: {
      subject: 'Wrong codes for your {APP_NAME} account',
      said: 'Your password was right, but several codes after it were wrong:',
      advice: 'If this was not you, your password is known to another person. Change it now.',
    },
    recoveryUsed: {
      subject: 'A recovery code of your {APP_NAME} account was used',
      said: 'A recovery code of your {APP_NAME} account was used. All other sessions have ended:',
      advice: 'If this was not you, change your password now.',
    },
    recoveryReplaced: {
      subject: 'New recovery codes for your {APP_NAME} account',
      said: 'Your {APP_NAME} account has new recovery codes. The former ones no longer work:',
      advice: 'If this was not you, change your password now.',
    },
    disabled: {
      subject: 'Your {APP_NAME} account is disabled',
      said: 'Your {APP_NAME} account was disabled. You cannot sign in:',
      advice: 'If you think that this is a mistake, reply to this mail.',
    },
  }

function templateOf(notice: OwnerNotice): MailTemplate {
  const { subject, said, advice } = templates[notice]
  const body = [
    '<p>Hello,</p>',
    `<p>${said}</p>`,
    '<p><em>{ALERT_INFO}</em></p>',
    `<p><strong>${advice}</strong></p>`,
    '<p>\n  Best regards,<br/>\n  the {APP_NAME} team\n</p>',
  ]
  return { subject, body: body.join('\n') }
}

/** The account whose owner is told. Its id may be an expression, NULL for none. */
interface Addressee {
  readonly collection: AuthCollection
  readonly recordId: string | SQL
}

/** The details of a notice. */
interface NoticeDetails {
  /** The line with the details; by default the time and the client of the request. */
  readonly info?: string
  /** A condition, evaluated when the statements run. */
  readonly when?: SQL
}

/** The statements that mail the owner, unless the collection's options say otherwise. */
export function mailOwner(
  { catalog: { settings }, now }: PlanContext,
  request: Pick<AuthRequest, 'info' | 'clientIp'>,
  { collection, recordId }: Addressee,
  notice: OwnerNotice,
  { info, when = sql`TRUE` }: NoticeDetails = {},
): SQL[] {
  const { alerts } = collection.auth.security
  if (!isWanted(notice, alerts)) return []
  const userAgent = shortUserAgent(request.info.headers['user_agent'] ?? '')
  const client = `${formatDate(now)} - ${request.clientIp(settings)} ${userAgent}`.trim()
  const alertInfo = info ?? client
  const to = { name: '', address: '' }
  const composed = composeMail(settings, templateOf(notice), { alertInfo }, to)
  const mail = { ...composed, kind: 'factor' } as const
  const address = sql`(SELECT "email" FROM ${sql.identifier(collection.name)}
    WHERE ${columnOf(collection.name, 'id')} = ${recordId})`
  return [enqueueMailTo(mail, address, when)]
}

function isWanted(notice: OwnerNotice, alerts: SecurityOptions['alerts']): boolean {
  if (notice === 'disabled') return true
  return notice === 'guessed' ? alerts.guessing : alerts.factors
}
