/*
 * What superusers are told about webhooks that fail. Each mail is written in the batch of the change
 * that it tells of.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { MailTemplate } from '#catalog/definition.ts'
import { webhooksTable } from '#database/schema.ts'
import { composeMail } from '#mail/compose.ts'
import { enqueueMailToSuperusers } from '#mail/outbox.ts'
import type { Settings } from '#settings/settings.ts'

/** The names of the webhook and of the deployment are all that a mail says: URLs may hold secrets. */
type Named = Readonly<Record<'id' | 'name', string>>

/** The statements that tell of a failing webhook, once until it has succeeded. */
export function tellOfFailure(settings: Settings, webhook: Named): SQL[] {
  const isNew = sql`EXISTS (SELECT 1 FROM ${webhooksTable} WHERE "id" = ${webhook.id} AND "isReported" = 0)`
  return [
    mail(settings, failing, webhook, isNew),
    sql`UPDATE ${webhooksTable} SET "isReported" = 1 WHERE "id" = ${webhook.id}`,
  ]
}

/** The reasons for which Arete turns a webhook off. */
export type OffReason = 'failing' | 'gone' | 'filter'

/** The statement that tells of a webhook that Arete turns off. */
export function tellOfTurningOff(
  settings: Settings,
  webhook: Named,
  reason: OffReason,
  when: SQL,
): SQL {
  return mail(settings, off[reason], webhook, when)
}

/** True before a webhook is turned off. */
export function isOn(id: string): SQL {
  return sql`EXISTS (SELECT 1 FROM ${webhooksTable} WHERE "id" = ${id} AND "enabled" = 1)`
}

function mail(settings: Settings, template: MailTemplate, { id, name }: Named, when: SQL): SQL {
  const values = { alertInfo: name === '' ? id : name }
  const to = { name: '', address: '' }
  const composed = composeMail(settings, template, values, to)
  return enqueueMailToSuperusers({ ...composed, kind: 'webhook' }, when)
}

const failing = {
  subject: 'A webhook of {APP_NAME} fails',
  body: `<p>Hello,</p>
<p>The webhook “{ALERT_INFO}” has been failing for some time. It is tried again, and turned off if it goes on failing.</p>
<p>The log of its deliveries says why. Failed deliveries can be sent again from there.</p>`,
}

const off: Readonly<Record<OffReason, MailTemplate>> = {
  failing: turnedOff('It failed for too long.'),
  gone: turnedOff('Its receiver answered 410: it is gone for good.'),
  filter: turnedOff('Its filter no longer fits the collection, or the collection is gone.'),
}

function turnedOff(because: string): MailTemplate {
  return {
    subject: 'A webhook of {APP_NAME} was turned off',
    body: `<p>Hello,</p>
<p>The webhook “{ALERT_INFO}” was turned off. ${because}</p>
<p>Deliveries that were waiting are kept for 30 days. Turn the webhook on again to send them from its log.</p>`,
  }
}
