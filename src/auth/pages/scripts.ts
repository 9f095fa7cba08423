/* The only scripts of the pages, served as files because a page's policy allows nothing inline. */

/** Opens the page in the fragment of an old link. */
export const followLink = `const page = /^#\\/(auth\\/(?:confirm-(?:verification|password-reset|email-change)\\/[\\w.-]+|oauth2-redirect-(?:success|failure)))$/.exec(location.hash)
if (page) location.replace('/_/' + page[1])
`

/** Closes the popup of a sign-in with a provider. */
export const closeWindow = `window.close()
`
