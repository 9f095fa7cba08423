import { connect } from 'cloudflare:sockets'
import type { MailTransports } from '#platform/mailer.ts'
import { createSmtpMailer } from '#adapters/smtp/smtp-mailer.ts'
import { createBoundMailer } from './bound-mailer.ts'

/** The mail transports of a Worker: TCP to an SMTP server, or a `send_email` binding. */
export function createMailTransports(binding: SendEmail | undefined): MailTransports {
  return {
    smtp: (server) =>
      createSmtpMailer(server, (address, security) =>
        connect(address, {
          secureTransport: security === 'tls' ? 'on' : 'starttls',
          allowHalfOpen: false,
        }),
      ),
    platform: binding === undefined ? undefined : createBoundMailer(binding),
  }
}
