import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the sign-in and session routes, with PocketBase's messages. */
export const authErrors = {
  collectionMissing: {
    code: 'collection_invalid',
    status: 404,
    message: 'Missing or invalid collection context.',
  },
  authCollectionMissing: {
    code: 'auth_collection_missing',
    status: 404,
    message: 'Missing or invalid auth collection context.',
  },
  otherCollectionRequired: {
    code: 'other_collection_required',
    status: 403,
    message: 'The request requires auth record from another collection.',
  },
  passwordAuthDisabled: {
    code: 'password_auth_disabled',
    status: 403,
    message: 'The collection is not configured to allow password authentication.',
  },
  oauth2Disabled: {
    code: 'oauth2_disabled',
    status: 403,
    message: 'The collection is not configured to allow OAuth2 authentication.',
  },
  oauth2TokenFailed: {
    code: 'oauth2_token_failed',
    status: 400,
    message: 'Failed to fetch OAuth2 token.',
  },
  oauth2UserFailed: {
    code: 'oauth2_user_failed',
    status: 400,
    message: 'Failed to fetch OAuth2 user.',
  },
  appleSecretInvalid: {
    code: 'apple_secret_invalid',
    status: 400,
    message: 'Invalid client secret data.',
  },
  appleSecretFailed: {
    code: 'apple_secret_failed',
    status: 400,
    message: 'Failed to generate client secret.',
  },
  /** The account changed during the sign-in. A retry may succeed. */
  oauth2Overtaken: {
    code: 'oauth2_overtaken',
    status: 400,
    message: 'Failed to authenticate.',
  },
  authenticationFailed: {
    code: 'authentication_failed',
    status: 400,
    message: 'Failed to authenticate.',
  },
  authRuleUnsatisfied: {
    code: 'auth_rule_unsatisfied',
    status: 403,
    message: "The request doesn't satisfy the collection requirements to authenticate.",
  },
  accountDisabled: {
    code: 'account_disabled',
    status: 403,
    message: 'The account is disabled.',
  },
  ownAccount: {
    code: 'own_account',
    status: 400,
    message: 'Superusers cannot disable their own account.',
  },
  onlySuperuser: {
    code: 'only_superuser',
    status: 400,
    message: 'The only superuser who can sign in cannot be disabled.',
  },
  otpDisabled: {
    code: 'otp_disabled',
    status: 403,
    message: 'The collection is not configured to allow OTP authentication.',
  },
  otpInvalid: { code: 'otp_invalid', status: 400, message: 'Invalid or expired OTP.' },
  otpAttemptsExceeded: {
    code: 'otp_attempts_exceeded',
    status: 429,
    message: 'Too many attempts, please try again later with a new OTP.',
  },
  mfaExpired: {
    code: 'mfa_expired',
    status: 400,
    message: 'Invalid or expired MFA session.',
  },
  mfaForeign: { code: 'mfa_foreign', status: 400, message: 'Invalid MFA session.' },
  mfaSameMethod: {
    code: 'mfa_same_method',
    status: 400,
    message: 'A different authentication method is required.',
  },
  secondFactorMissing: {
    code: 'second_factor_missing',
    status: 403,
    message: 'The account has no second factor that it could sign in with.',
  },
  totpDisabled: {
    code: 'totp_disabled',
    status: 403,
    message: 'The collection is not configured to allow authenticators.',
  },
  enrolmentRefused: {
    code: 'enrolment_refused',
    status: 403,
    message: 'The account must answer with a second factor that it already has.',
  },
  tooManyFactors: {
    code: 'too_many_factors',
    status: 400,
    message: 'The account has the maximum number of authenticators.',
  },
  factorCodeInvalid: {
    code: 'factor_code_invalid',
    status: 400,
    message: 'The code is wrong, expired or already used.',
  },
  lastFactor: {
    code: 'last_factor',
    status: 400,
    message: 'The account must have a second factor, and this is its last one.',
  },
  stepUpMethodUnavailable: {
    code: 'step_up_method_unavailable',
    status: 403,
    message: 'The account cannot prove its identity by this method.',
  },
  setupDone: {
    code: 'setup_done',
    status: 403,
    message: 'There is a superuser already.',
  },
  setupLinkInvalid: {
    code: 'setup_link_invalid',
    status: 403,
    message: 'The setup link is invalid or has expired.',
  },
  superusersAreVerified: {
    code: 'superusers_are_verified',
    status: 400,
    message: 'All superusers are verified by default.',
  },
  superusersChangeDirectly: {
    code: 'superusers_change_directly',
    status: 400,
    message: 'All superusers can change their emails directly.',
  },
  passwordsNotUsed: {
    code: 'passwords_not_used',
    status: 400,
    message: 'The collection is not configured to allow password authentication.',
  },
  verificationFailed: {
    code: 'verification_failed',
    status: 400,
    message: 'An error occurred while saving the verified state.',
  },
  passwordResetFailed: {
    code: 'password_reset_failed',
    status: 400,
    message: 'Failed to set new password.',
  },
  emailChangeNotRequested: {
    code: 'email_change_not_requested',
    status: 400,
    message: 'Failed to request email change.',
  },
  emailChangeFailed: {
    code: 'email_change_failed',
    status: 400,
    message: 'Failed to confirm email change.',
  },
} as const satisfies Record<string, ErrorSpec>
