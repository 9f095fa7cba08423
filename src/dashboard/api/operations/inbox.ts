import { useQuery } from '@tanstack/react-query'
import { client } from '#dashboard/api/client.ts'
import { keys } from '#dashboard/api/keys.ts'

/** A name and an address of a mail. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

/** A mail of the local inbox, without its body. */
export interface InboxEntry {
  readonly number: number
  readonly received: string
  readonly from: Mailbox
  readonly to: readonly Mailbox[]
  readonly subject: string
  /** The code in the mail; empty if it has none. */
  readonly code: string
}

/** A mail of the local inbox. */
export interface InboxMail extends InboxEntry {
  readonly id: string
  readonly text: string
  readonly html: string
}

/** The interval between reads of the inbox. */
const everyMilliseconds = 1000

/** The mails that were caught on this machine, newest first; read again and again. */
export function useInbox() {
  return useQuery({
    queryKey: keys.inbox,
    queryFn: async () => {
      const { items } = await client.send<{ items: InboxEntry[] }>('/api/mail/inbox', {
        method: 'GET',
      })
      return items
    },
    refetchInterval: ({ state }) => (state.error === null ? everyMilliseconds : false),
  })
}

/** One mail of the inbox. */
export function useInboxMail(number: string) {
  return useQuery({
    queryKey: [...keys.inbox, number],
    queryFn: () =>
      client.send<InboxMail>(`/api/mail/inbox/${encodeURIComponent(number)}`, { method: 'GET' }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** The address of a mail's HTML, for a frame. */
export function mailBodyUrl(number: number): string {
  return `${import.meta.env.BASE_URL}inbox/${number}/body`
}
