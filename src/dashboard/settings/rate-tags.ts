import { pathLabels, tagLabels } from '#limits/find-rate-limit.ts'

/** The tags of requests to a collection, by method and the path behind the collection. */
const tagsByRoute: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^GET records$/, ['list']],
  [/^POST records$/, ['create']],
  [/^GET records\/[^/]+$/, ['view']],
  [/^PATCH records\/[^/]+$/, ['update']],
  [/^DELETE records\/[^/]+$/, ['delete']],
  [/^GET auth-methods$/, ['listAuthMethods']],
  [/^POST auth-refresh$/, ['authRefresh']],
  [/^POST auth-with-password$/, ['authWithPassword', 'auth']],
  [/^POST auth-with-oauth2$/, ['authWithOAuth2', 'auth']],
  [/^POST auth-with-otp$/, ['authWithOTP', 'auth']],
  [/^POST auth-with-totp$/, ['authWithTOTP', 'auth']],
  [/^POST auth-with-recovery-code$/, ['authWithRecoveryCode', 'auth']],
  [/^POST step-up$/, ['stepUp', 'auth']],
  [/^POST factors\/(?:totp|recovery-codes)$/, ['enrolFactor', 'auth']],
  [/^POST factors\/totp\/[^/]+\/confirm$/, ['confirmFactor', 'auth']],
  [/^POST request-otp$/, ['requestOTP']],
  [/^POST request-password-reset$/, ['requestPasswordReset']],
  [/^POST confirm-password-reset$/, ['confirmPasswordReset']],
  [/^POST request-verification$/, ['requestVerification']],
  [/^POST confirm-verification$/, ['confirmVerification']],
  [/^POST request-email-change$/, ['requestEmailChange']],
  [/^POST confirm-email-change$/, ['confirmEmailChange']],
]

/** The labels of a request, from the most to the least specific, as the server asks for them. */
export function labelsOf(method: string, path: string): readonly string[] {
  const [, collection = '', rest = ''] = /^\/api\/collections\/([^/]+)\/(.+)$/.exec(path) ?? []
  const [, ofFile] = /^\/api\/files\/([^/]+)\/[^/]+\/[^/]+$/.exec(path) ?? []
  const tags = tagsByRoute.find(([pattern]) => pattern.test(`${method} ${rest}`))?.[1] ?? []
  return [
    ...(collection === '' ? [] : tagLabels(collection, tags)),
    ...(ofFile === undefined || method !== 'GET' ? [] : tagLabels(ofFile, ['file'])),
    ...pathLabels(method, path),
  ]
}
