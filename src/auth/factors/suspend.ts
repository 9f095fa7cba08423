import type { Transactor } from '#catalog/transact.ts'
import { after, constant } from '#database/query.ts'
import { maxFailures, type StoredTotp } from '#database/second-factors.ts'
import type { RequestMail } from '#mail/mail-service.ts'
import type { AuthRequest } from '#auth/sign-in/auth-response.ts'
import { requireTotp } from './factor-owner.ts'
import { mailOwner } from '#auth/account-mail/owner-mail.ts'

/** Tells the owner if a wrong code was the last that is accepted. Database: at most 1 batch. */
export async function suspendAtLast(
  { transactor, mail }: { readonly transactor: Transactor; readonly mail: RequestMail },
  request: AuthRequest,
  attempt: { readonly recordId: string; readonly totps: readonly StoredTotp[] },
): Promise<void> {
  const { recordId, totps } = attempt
  if (totps.every(({ failures }) => failures !== maxFailures)) return
  await transactor.write((context) => {
    const collection = requireTotp(context, request.collection)
    const notice = mailOwner(context, request, { collection, recordId }, 'suspended')
    return after(notice, constant(undefined))
  })
  mail.deliver()
}
