/*
 * The only scripts of the pages, served as files, since a page's policy runs nothing inline.
 */

/** Opens the page that the fragment of an old link names. */
export const followLink = `const page = /^#\\/(auth\\/(?:confirm-(?:verification|password-reset|email-change)\\/[\\w.-]+|oauth2-redirect-(?:success|failure)))$/.exec(location.hash)
if (page) location.replace('/_/' + page[1])
`

/** Closes the window that a sign-in with a provider went on in. */
export const closeWindow = `window.close()
`
