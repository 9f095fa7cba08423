import type { Transactor } from '#catalog/transact.ts'
import { all, map, one } from '#database/query.ts'
import { runBatch } from '#database/batch.ts'
import { readNumber } from '#database/read-number.ts'
import type { Database } from '#platform/bindings.ts'
import { type Mailer, MailRefusedError } from '#platform/mailer.ts'
import type { Settings } from '#settings/settings.ts'
import { logMail } from './mail-log.ts'
import {
  claimDue,
  type ClaimedMail,
  claimedMails,
  countDue,
  postponeMail,
  removeExpired,
  removeMail,
} from './outbox.ts'

/** Dependencies of mail delivery. */
export interface DeliveryPorts {
  readonly db: Database
  readonly transactor: Transactor
  /** The mailer for these settings; undefined if none is configured. */
  chooseMailer(settings: Settings): Mailer | undefined
}

/** Mails sent in parallel. A Worker may have six open connections. */
const roundSize = 4

/**
 * No new round starts after this time: the platform stops work after a response within half a
 * minute.
 */
const roundsMilliseconds = 8_000

/** The result of one read of the outbox. */
interface Round {
  readonly mailer: Mailer | undefined
  readonly claimed: readonly ClaimedMail[]
  readonly expired: readonly string[]
  /** The number of mails that wait for a configured mailer. */
  readonly waiting: number
}

/**
 * Delivers the due mails. A mail that fails is retried later, and one that is permanently rejected
 * is dropped. Neither stops other mails. Several isolates may deliver at once.
 *
 * Database: 1 batch per round of four mails, and 1 per mail.
 */
export async function deliverDue(ports: DeliveryPorts): Promise<void> {
  const deadline = Date.now() + roundsMilliseconds
  do {
    const { mailer, claimed, expired, waiting } = await nextRound(ports)
    if (expired.length > 0)
      logMail('error', 'dropped mails that were not delivered in time', { expired })
    if (mailer === undefined) {
      if (waiting > 0) logMail('warn', noTransport, { waiting })
      return
    }
    await Promise.all(claimed.map((mail) => deliver(ports.db, mailer, mail)))
    if (claimed.length < roundSize) return
  } while (Date.now() < deadline)
}

const noTransport =
  'mails wait in the outbox: no transport is configured (enable SMTP in the settings or, on Cloudflare, bind MAIL in wrangler.toml)'

async function nextRound({ transactor, chooseMailer }: DeliveryPorts): Promise<Round> {
  return await transactor.write(({ catalog, now }) => {
    const mailer = chooseMailer(catalog.settings)
    const next = mailer === undefined ? countDue(now) : claimDue(now, roundSize)
    const found = all({
      expired: one(removeExpired(now), (rows) => rows.map(({ id }) => String(id))),
      next: one(next, (rows) => rows),
    })
    return map(found, ({ expired, next: rows }) => ({
      mailer,
      claimed: mailer === undefined ? [] : claimedMails(rows),
      expired,
      waiting: mailer === undefined ? readNumber(rows[0], 'waiting') : 0,
    }))
  })
}

async function deliver(db: Database, mailer: Mailer, claimed: ClaimedMail): Promise<void> {
  const { id, attempts } = claimed
  try {
    await mailer.send(claimed.mail())
  } catch (error) {
    if (error instanceof MailRefusedError) {
      logMail('error', 'dropped a mail that was rejected', { id, attempts, error })
      await runBatch(db, [removeMail(claimed)])
    } else {
      logMail('warn', 'could not deliver a mail and will retry', { id, attempts, error })
      await runBatch(db, [postponeMail(claimed, new Date())])
    }
    return
  }
  await runBatch(db, [removeMail(claimed)])
}
