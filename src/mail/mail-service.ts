import type { CatalogCache } from '#catalog/catalog-cache.ts'
import { createTransactor } from '#catalog/transact.ts'
import type { Bindings } from '#http/app-env.ts'
import type { Background } from '#platform/bindings.ts'
import type { Mailer, MailTransports } from '#platform/mailer.ts'
import { openSecret, type SettingsKeys } from '#settings/secrets.ts'
import type { Settings } from '#settings/settings.ts'
import { deliverDue } from './delivery.ts'
import { createInboxMailer } from './inbox.ts'

declare module '#http/app-env.ts' {
  interface RequestServices {
    /** Sends the mails of the request. */
    readonly mail: RequestMail
  }
}

/** The mail actions of a request besides writing to the outbox. */
export interface RequestMail {
  /** Delivers the due mails after the response. */
  deliver(): void
  /** The mailer for these settings; undefined if none is configured. */
  chooseMailer(settings: Settings): Mailer | undefined
}

/** The mail service of a deployment. */
export interface MailService {
  chooseMailer(settings: Settings): Mailer | undefined
  /** Delivers the due mails. */
  deliver(): Promise<void>
}

interface Ports {
  readonly transports: MailTransports
  readonly catalogs: CatalogCache
}

/** Creates the mail service over the bindings of one request or scheduled run. */
export function createMailService(
  { transports, catalogs }: Ports,
  bindings: Bindings,
): MailService {
  const { DB: db, LOCAL_INBOX } = bindings
  const inbox = LOCAL_INBOX === '1' ? createInboxMailer(db) : undefined
  const chooseMailer = (settings: Settings): Mailer | undefined => {
    const isSmtp = settings.smtp.enabled && transports.own === undefined
    const mailer = isSmtp
      ? createSealedSmtp(transports, bindings, settings)
      : (inbox ?? transports.own ?? transports.platform)
    return mailer && withHook(mailer, transports)
  }
  const resolveCaller = async () => undefined
  const transactor = createTransactor({ db, cache: catalogs, resolveCaller })
  return { chooseMailer, deliver: () => deliverDue({ db, transactor, chooseMailer }) }
}

/** A mailer behind the hook of an application. A mail that is stopped counts as sent. */
function withHook(mailer: Mailer, { before }: MailTransports): Mailer {
  if (before === undefined) return mailer
  return {
    async send(mail) {
      const changed = await before(mail)
      if (changed !== undefined) await mailer.send(changed)
    },
  }
}

/**
 * A mailer for the SMTP server of the settings. The password is opened only while a mail is sent.
 */
function createSealedSmtp(
  transports: MailTransports,
  keys: SettingsKeys,
  settings: Settings,
): Mailer {
  return {
    async send(mail) {
      const password = await openSecret(keys, 'smtp.password', settings)
      await transports.smtp({ ...settings.smtp, password }).send(mail)
    },
  }
}

/** Creates the mail actions of a request. */
export function createRequestMail(
  ports: Ports,
  bindings: Bindings,
  background: Background,
): RequestMail {
  const { chooseMailer, deliver } = createMailService(ports, bindings)
  return { chooseMailer, deliver: () => background.run(afterAnswer().then(deliver)) }
}

/** Lets the response go first. */
async function afterAnswer(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0))
}
