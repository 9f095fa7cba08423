import type { FieldIssue, Issues } from '#kernel/errors.ts'
import {
  atLeast,
  atMost,
  eachFault,
  faults,
  firstFault,
  length,
  required,
  url,
  when,
} from '#kernel/validation-rules.ts'
import { tokenOptionNames } from './auth-options.ts'
import { uniqueColumn } from './complete-definition.ts'
import { type DefinitionChange, isRuleOf, unlessFaultless } from './definition-check.ts'
import type {
  AuthOptions,
  CollectionDefinition,
  MailTemplate,
  ProviderOptions,
  TokenOptions,
} from './definition.ts'
import {
  ambiguousIdentityField,
  definitionIssues,
  duplicatedProvider,
  missingIdentityField,
  unknownProvider,
} from './issues.ts'
import { isProvider } from './oauth2-providers.ts'

/** The change of an auth collection's definition. */
interface AuthChange extends DefinitionChange {
  readonly next: Extract<CollectionDefinition, { type: 'auth' }>
}

/** What is wrong with an auth collection's options; later checks rest on the earlier ones. */
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
  return faults({
    authRule: firstFault(options.authRule, isRuleOf(change, stored?.authRule)),
    manageRule: firstFault(
      options.manageRule,
      isNullOrFilled,
      isRuleOf(change, stored?.manageRule),
    ),
    authAlert: faults({ emailTemplate: faultyTemplate(authAlert.emailTemplate) }),
    passwordAuth: faults({
      identityFields: firstFault(passwordAuth.identityFields, when(passwordAuth.enabled, required)),
    }),
    oauth2: oauth2.enabled ? faults({ providers: faultyProviders(oauth2.providers) }) : undefined,
    otp: faultyOtp(otp),
    mfa: mfa.enabled ? faults({ duration: lifetimeFault(mfa.duration) }) : undefined,
    ...Object.fromEntries(tokenOptionNames.map((name) => [name, faultyToken(options[name])])),
    ...Object.fromEntries(templateNames.map((name) => [name, faultyTemplate(options[name])])),
  })
}

function storedOptions({ previous }: AuthChange): AuthOptions | undefined {
  return previous?.type === 'auth' ? previous.options : undefined
}

/** To manage is more than to read: it is never open to everybody. */
function isNullOrFilled(rule: unknown): FieldIssue | undefined {
  return rule === '' ? definitionIssues.mustBeNullOrFilled : undefined
}

function faultyTemplate({ subject, body }: MailTemplate): Issues {
  return faults({ subject: required(subject), body: required(body) })
}

function lifetimeFault(duration: number): FieldIssue | undefined {
  return firstFault(duration, required, atLeast(10), atMost(86400))
}

function faultyOtp(otp: AuthOptions['otp']): Issues {
  return faults({
    duration: otp.enabled ? lifetimeFault(otp.duration) : undefined,
    length: otp.enabled ? firstFault(otp.length, required, atLeast(4)) : undefined,
    emailTemplate: faultyTemplate(otp.emailTemplate),
  })
}

/** Three years, about. */
const maxTokenDuration = 94670856

function faultyToken({ secret, duration }: TokenOptions): Issues {
  return faults({
    secret: firstFault(secret, required, length(30, 255)),
    duration: firstFault(duration, required, atLeast(10), atMost(maxTokenDuration)),
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
  return faults({
    name: firstFault(name, required, () => (isProvider(name) ? undefined : unknownProvider(name))),
    clientId: required(provider.clientId),
    clientSecret: required(provider.clientSecret),
    authURL: url(provider.authURL),
    tokenURL: url(provider.tokenURL),
    userInfoURL: url(provider.userInfoURL),
  })
}

function faultyMfa(change: AuthChange): Issues {
  const { mfa, passwordAuth, oauth2, otp } = change.next.options
  if (!mfa.enabled) return {}
  const methods = [passwordAuth, oauth2, otp].filter(({ enabled }) => enabled)
  if (methods.length < 2) return { mfa: { enabled: definitionIssues.notEnoughAuthMethods } }
  const isRule = when(mfa.rule !== '', isRuleOf(change, storedOptions(change)?.mfa.rule))
  return faults({ mfa: faults({ rule: isRule(mfa.rule) }) })
}

/** Signing in by a name must find one account. */
function faultyIdentityFields({ options, fields, indexes }: AuthChange['next']): Issues {
  const { enabled, identityFields } = options.passwordAuth
  const covered = indexes.map(uniqueColumn)
  const fault = firstFault(
    undefined,
    ...identityFields.map((name) => () => {
      if (fields.every((field) => field.name !== name)) return missingIdentityField(name)
      return covered.includes(name.toLowerCase()) ? undefined : ambiguousIdentityField(name)
    }),
  )
  return enabled ? faults({ passwordAuth: faults({ identityFields: fault }) }) : {}
}
