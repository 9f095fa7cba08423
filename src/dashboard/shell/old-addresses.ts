import { screenOf } from './screen-of.ts'

/*
 * The dashboard of PocketBase keeps its state behind `#`, where links of stored mails and bookmarks
 * lead to.
 */

const mailPage =
  /^#\/(auth\/(?:confirm-(?:verification|password-reset|email-change)\/[\w.-]+|oauth2-redirect-(?:success|failure)))$/

/** Replaces an address of PocketBase's dashboard by ours. */
export function followOldAddress(): void {
  const { hash } = location
  if (!hash.startsWith('#/')) return
  const target = mailPage.exec(hash)?.[1] ?? screenOf(hash)
  const address = import.meta.env.BASE_URL + target
  // Pages of mails are the server's; a screen is shown by this very document.
  if (target.startsWith('auth/')) location.replace(address)
  else history.replaceState(null, '', address)
}
