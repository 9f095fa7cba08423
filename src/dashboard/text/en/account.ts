import { plural } from '#dashboard/text/format.ts'

interface Count {
  readonly count: number
}

interface Provider {
  readonly provider: string
}

/** The account that a record of an auth collection is. */
export const account = {
  mails: 'Mails',
  mailSent: ({ email }: { email: string }) => `Mail requested for ${email}.`,
  mailFailed: 'The mail was not requested.',
  withoutEmail: 'This account has no email address.',
  verified: 'The address is verified.',
  sendVerification: 'Send verification mail',
  sendReset: 'Send password reset mail',
  providers: 'Linked providers',
  providersUnreadable: 'The linked providers could not be read.',
  noProviders: 'Not linked to any provider.',
  unlink: 'Unlink',
  unlinkNamed: ({ provider }: Provider) => `Unlink ${provider}`,
  unlinkTitle: ({ provider }: Provider) => `Unlink ${provider}?`,
  unlinkText: ({ provider }: Provider) =>
    `The account can no longer sign in with ${provider}, until it is linked again.`,
  unlinked: ({ provider }: Provider) => `Unlinked ${provider}.`,
  notUnlinked: 'The provider was not unlinked.',
  state: 'Sign-in',
  stateUnreadable: 'The state of the account could not be read.',
  canSignIn: 'The account can sign in.',
  disabled: 'Disabled',
  disabledUntil: 'Disabled until',
  since: 'Since',
  enable: 'Enable',
  enabled: 'The account can sign in again.',
  notEnabled: 'The account was not enabled.',
  disable: 'Disable account',
  disableTitle: 'Disable this account?',
  disableText: 'It is signed out everywhere, and cannot sign in. Its records stay as they are.',
  reason: 'Reason',
  reasonHelp: 'Only superusers see it.',
  until: 'Until',
  untilHelp: 'Empty: until it is enabled again.',
  notify: 'Tell the owner by mail',
  isDisabled: 'The account is disabled.',
  notDisabled: 'The account was not disabled.',
  ownState: 'This is your own account.',
  impersonate: 'Impersonate',
  impersonateText:
    'A token acts as this account, for a script or to reproduce a problem. It cannot be renewed, and is listed as a session.',
  duration: 'Valid for',
  minutes: ({ count }: Count) => plural(count, { one: '# minute', other: '# minutes' }),
  hours: ({ count }: Count) => plural(count, { one: '# hour', other: '# hours' }),
  days: ({ count }: Count) => plural(count, { one: '# day', other: '# days' }),
  makeToken: 'Make token',
  noToken: 'No token was made.',
  tokenOnce: 'This token is shown once. Copy it now.',
  copyToken: 'Copy token',
  copySample: 'Copy sample code',
  reset: 'Tokens',
  resetText:
    'Ends all sessions of this account, and makes every token and every mailed link invalid.',
  resetTitle: 'Make all tokens invalid?',
  resetAction: 'Reset all tokens',
  tokensReset: 'All tokens are invalid.',
  notReset: 'The tokens were not reset.',
}
