import type { Transactor } from '#catalog/transact.ts'
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
  /** The way mails leave under these settings; undefined while none is configured. */
  chooseMailer(settings: Settings): Mailer | undefined
}

/** Mails sent side by side. A Worker may hold six connections at once. */
const roundSize = 4

/** No new round after this long: what a Worker does after its answer is cut off after half a minute. */
const roundsMilliseconds = 8_000

/** The result of one read of the outbox. */
interface Round {
  readonly mailer: Mailer | undefined
  readonly claimed: readonly ClaimedMail[]
  readonly expired: readonly string[]
  /** The number of mails that wait for a mailer to be configured. */
  readonly waiting: number
}

/**
 * Delivers the mails that are due. A mail that fails is tried again later, one that is refused for
 * good is given up; neither keeps the others from leaving. Any number of isolates may deliver at
 * once.
 *
 * Database: 1 batch a round of four mails, and 1 for each mail.
 */
export async function deliverDue(ports: DeliveryPorts): Promise<void> {
  const deadline = Date.now() + roundsMilliseconds
  do {
    const { mailer, claimed, expired, waiting } = await nextRound(ports)
    if (expired.length > 0)
      logMail('error', 'gave up mails that were not delivered in time', { expired })
    if (mailer === undefined) {
      if (waiting > 0) logMail('warn', noTransport, { waiting })
      return
    }
    await Promise.all(claimed.map((mail) => deliver(ports.db, mailer, mail)))
    if (claimed.length < roundSize) return
  } while (Date.now() < deadline)
}

const noTransport =
  'mails wait in the outbox: no transport is configured (enable SMTP in the settings, or bind MAIL in wrangler.toml)'

async function nextRound({ transactor, chooseMailer }: DeliveryPorts): Promise<Round> {
  return await transactor.write(({ catalog, now }) => {
    const mailer = chooseMailer(catalog.settings)
    const next = mailer === undefined ? countDue(now) : claimDue(now, roundSize)
    return {
      statements: [removeExpired(now), next],
      answer: ([expired = [], rows = []]) => ({
        mailer,
        claimed: mailer === undefined ? [] : claimedMails(rows),
        expired: expired.map(({ id }) => String(id)),
        waiting: mailer === undefined ? readNumber(rows[0], 'waiting') : 0,
      }),
    }
  })
}

async function deliver(db: Database, mailer: Mailer, claimed: ClaimedMail): Promise<void> {
  const { id, attempts } = claimed
  try {
    await mailer.send(claimed.mail())
  } catch (error) {
    if (error instanceof MailRefusedError) {
      logMail('error', 'gave up a mail that was refused', { id, attempts, error })
      await runBatch(db, [removeMail(claimed)])
    } else {
      logMail('warn', 'could not deliver a mail; it is tried again', { id, attempts, error })
      await runBatch(db, [postponeMail(claimed, new Date())])
    }
    return
  }
  await runBatch(db, [removeMail(claimed)])
}
