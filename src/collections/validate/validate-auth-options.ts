import type { FieldIssue, Issues } from '#kernel/errors.ts'
import type { SecurityOptions } from '#catalog/security-options.ts'
import {
  atLeast,
  atMost,
  eachFault,
  issuesOf,
  firstIssue,
  length,
  matches,
  oneOf,
  required,
  url,
  when,
} from '#go-compat/validation-rules.ts'
import { tokenOptionNames } from '#catalog/auth-options.ts'
import { uniqueColumn } from '#collections/complete-definition.ts'
import { type DefinitionChange, isRuleOf, unlessFaultless } from './definition-check.ts'
import type {
  AuthOptions,
  CollectionDefinition,
  MailTemplate,
  ProviderOptions,
  TokenOptions,
} from '#catalog/definition.ts'
import {
  ambiguousIdentityField,
  definitionIssues,
  duplicatedProvider,
  missingIdentityField,
  unknownMethod,
  unknownProvider,
} from './issues.ts'
import { isProvider } from '#catalog/oauth2-providers.ts'

/** A change of an auth collection's definition. */
interface AuthChange extends DefinitionChange {
  readonly next: Extract<CollectionDefinition, { type: 'auth' }>
}

/** Validates an auth collection's options. Later checks depend on the earlier ones. */
export function validateAuthOptions(change: AuthChange): Issues {
  return (
    unlessFaultless(faultyOptions(change)) ??
    unlessFaultless(faultyMfa(change)) ??
    faultyIdentityFields(change.next)
  )
}

const templateNames = [
  'verificationTemplate',
  'resetPasswordTemplate',
  'confirmEmailChangeTemplate',
] as const

function faultyOptions(change: AuthChange): Issues {
  const { options } = change.next
  const { authAlert, passwordAuth, oauth2, otp, mfa } = options
  const stored = storedOptions(change)
  return issuesOf({
    authRule: firstIssue(options.authRule, isRuleOf(change, stored?.authRule)),
    manageRule: firstIssue(
      options.manageRule,
      isNullOrFilled,
      isRuleOf(change, stored?.manageRule),
    ),
    authAlert: issuesOf({ emailTemplate: faultyTemplate(authAlert.emailTemplate) }),
    passwordAuth: issuesOf({
      identityFields: firstIssue(passwordAuth.identityFields, when(passwordAuth.enabled, required)),
    }),
    oauth2: oauth2.enabled ? issuesOf({ providers: faultyProviders(oauth2.providers) }) : undefined,
    otp: faultyOtp(otp),
    // A challenge also asks accounts with an authenticator.
    mfa:
      mfa.enabled || options.security.totp.enabled
        ? issuesOf({ duration: lifetimeFault(mfa.duration) })
        : undefined,
    security: faultySecurity(options.security),
    ...Object.fromEntries(tokenOptionNames.map((name) => [name, faultyToken(options[name])])),
    ...Object.fromEntries(templateNames.map((name) => [name, faultyTemplate(options[name])])),
  })
}

function storedOptions({ previous }: AuthChange): AuthOptions | undefined {
  return previous?.type === 'auth' ? previous.options : undefined
}

/** Managing is more than reading, so the manage rule must not be public. */
function isNullOrFilled(rule: unknown): FieldIssue | undefined {
  return rule === '' ? definitionIssues.mustBeNullOrFilled : undefined
}

function faultyTemplate({ subject, body }: MailTemplate): Issues {
  return issuesOf({ subject: required(subject), body: required(body) })
}

function lifetimeFault(duration: number): FieldIssue | undefined {
  return firstIssue(duration, required, atLeast(10), atMost(86400))
}

function faultyOtp(otp: AuthOptions['otp']): Issues {
  return issuesOf({
    duration: otp.enabled ? lifetimeFault(otp.duration) : undefined,
    length: otp.enabled ? firstIssue(otp.length, required, atLeast(4)) : undefined,
    emailTemplate: faultyTemplate(otp.emailTemplate),
  })
}

/** About three years. */
const maxTokenDuration = 94670856

function faultyToken({ secret, duration }: TokenOptions): Issues {
  return issuesOf({
    secret: firstIssue(secret, required, length(30, 255)),
    duration: firstIssue(duration, required, atLeast(10), atMost(maxTokenDuration)),
  })
}

function faultyProviders(providers: readonly ProviderOptions[]): Issues {
  const names = providers.map(({ name }) => name)
  const repeated = names.findIndex((name, at) => names.indexOf(name) < at)
  if (repeated !== -1) return { [repeated]: { name: duplicatedProvider(names[repeated] ?? '') } }
  return eachFault(providers, faultyProvider)
}

function faultyProvider(provider: ProviderOptions): Issues {
  const { name } = provider
  return issuesOf({
    name: firstIssue(name, required, () => (isProvider(name) ? undefined : unknownProvider(name))),
    clientId: required(provider.clientId),
    clientSecret: required(provider.clientSecret),
    authURL: url(provider.authURL),
    tokenURL: url(provider.tokenURL),
    userInfoURL: url(provider.userInfoURL),
  })
}

function faultyMfa(change: AuthChange): Issues {
  const { mfa, passwordAuth, oauth2, otp, security } = change.next.options
  const isOn = new Map([
    ['password', passwordAuth.enabled],
    ['otp', otp.enabled],
    ['oauth2', oauth2.enabled],
    ['totp', security.totp.enabled],
    ['recovery', security.totp.enabled],
  ])
  const { methods: seconds } = security.mfa
  // Otherwise accounts that are asked for a second factor could not sign in.
  const isPossible = seconds.length === 0 || seconds.some((method) => isOn.get(method) === true)
  if ((mfa.enabled || security.totp.enabled) && !isPossible) {
    return { security: { mfa: { methods: definitionIssues.notEnoughAuthMethods } } }
  }
  if (!mfa.enabled) return {}
  const methods = [passwordAuth, oauth2, otp, security.totp].filter(({ enabled }) => enabled)
  if (methods.length < 2) return { mfa: { enabled: definitionIssues.notEnoughAuthMethods } }
  const isRule = when(mfa.rule !== '', isRuleOf(change, storedOptions(change)?.mfa.rule))
  return issuesOf({ mfa: issuesOf({ rule: isRule(mfa.rule) }) })
}

/** The methods that may be the second factor of a sign-in. */
const secondFactors = ['password', 'otp', 'oauth2', 'totp', 'recovery']

/** The actions of an account that can be made to need a recent proof of identity. */
const stepUpActions = ['email', 'password', 'delete', 'sessions', 'link']

/** Ten years. */
const maxSessionLifetime = 315_360_000

function faultySecurity(options: SecurityOptions): Issues {
  const { mfa, totp, stepUp, session, password } = options
  return issuesOf({
    mfa: issuesOf({
      methods: eachFault(mfa.methods, (name) =>
        secondFactors.includes(name) ? undefined : unknownMethod(name),
      ),
      enrolled: firstIssue(mfa.enrolled, required, oneOf('totp', 'off')),
    }),
    totp: issuesOf({
      issuer: firstIssue(totp.issuer, length(0, 100), matches(/^[^:]*$/)),
      skew: firstIssue(totp.skew, atLeast(0), atMost(1)),
    }),
    stepUp: issuesOf({
      maxAge: firstIssue(stepUp.maxAge, required, atLeast(10), atMost(86400)),
      actions: eachFault(stepUp.actions, (name) =>
        firstIssue(name, required, oneOf(...stepUpActions)),
      ),
    }),
    session: issuesOf({
      // Shorter ones would end while people sign in.
      maxLifetime: when(session.maxLifetime !== 0, (value) =>
        firstIssue(value, atLeast(60), atMost(maxSessionLifetime)),
      )(session.maxLifetime),
      maxCount: firstIssue(session.maxCount, atLeast(0), atMost(100)),
    }),
    password: issuesOf({
      words:
        password.words.length > 100
          ? atMost(100)(password.words.length)
          : eachFault(password.words, (word) => firstIssue(word, required, length(4, 72))),
    }),
  })
}

/** Signing in with an identity field must find at most one account. */
function faultyIdentityFields({ options, fields, indexes }: AuthChange['next']): Issues {
  const { enabled, identityFields } = options.passwordAuth
  const covered = indexes.map(uniqueColumn)
  const fault = firstIssue(
    undefined,
    ...identityFields.map((name) => () => {
      if (fields.every((field) => field.name !== name)) return missingIdentityField(name)
      return covered.includes(name.toLowerCase()) ? undefined : ambiguousIdentityField(name)
    }),
  )
  return enabled ? issuesOf({ passwordAuth: issuesOf({ identityFields: fault }) }) : {}
}
