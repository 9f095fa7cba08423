import { screenOf } from './screen-of.ts'

/*
 * PocketBase's dashboard keeps its state after `#`, to which links in stored mails and bookmarks
 * refer.
 */

const mailPage =
  /^#\/(auth\/(?:confirm-(?:verification|password-reset|email-change)\/[\w.-]+|oauth2-redirect-(?:success|failure)))$/

/** Replaces a URL of PocketBase's dashboard with ours. */
export function followOldAddress(): void {
  const { hash } = location
  if (!hash.startsWith('#/')) return
  const target = mailPage.exec(hash)?.[1] ?? screenOf(hash)
  const address = import.meta.env.BASE_URL + target
  // Pages of mails come from the server; a screen is shown by this document.
  if (target.startsWith('auth/')) location.replace(address)
  else history.replaceState(null, '', address)
}
