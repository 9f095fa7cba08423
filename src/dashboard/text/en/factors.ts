import { plural } from '#dashboard/text/format.ts'

/** Second factors: signing in with them, proving one's identity, and managing them. */
export const factors = {
  title: 'Second factors',
  list: 'Authenticators',
  unreadable: 'The second factors could not be read.',
  none: 'No authenticator app is set up.',
  untitled: 'Authenticator',
  added: 'Added',
  lastUsed: 'Last used',
  neverUsed: 'Never used',
  unconfirmed: 'Not confirmed',
  required: 'This account must have a second factor.',
  off: 'Authenticator apps are off for superusers.',
  turnOn: 'Turn them on',

  add: 'Add an authenticator app',
  name: 'Name',
  nameHelp: 'To tell several apart, such as the phone that has it.',
  rename: 'Rename',
  renameTitle: 'Rename the authenticator',
  notRenamed: 'The authenticator was not renamed.',
  remove: 'Remove',
  actionsOf: ({ name }: { name: string }) => `Actions of ${name}`,
  removeTitle: ({ name }: { name: string }) => `Remove ${name}?`,
  removeOwn: 'Its codes stop working at once. All other sessions of this account end.',
  removeOther: 'Its codes stop working at once, and all sessions of the account end.',
  removed: 'The authenticator was removed.',
  notRemoved: 'The authenticator was not removed.',

  codesTitle: 'Recovery codes',
  codesLeft: ({ count }: { count: number }) =>
    count === 0
      ? 'No recovery codes are left.'
      : `${plural(count, { one: '# recovery code is', other: '# recovery codes are' })} left.`,
  newCodes: 'New recovery codes',
  newCodesText: 'The former codes stop working.',
  codesNotMade: 'No new codes were made.',
  codesText:
    'Each of these codes signs you in once if you lose your phone. Keep them where you keep your passwords. They are not shown again.',
  codesLabel: 'Recovery codes',
  copyCodes: 'Copy codes',
  downloadCodes: 'Download codes',
  printCodes: 'Print codes',
  codesKept: 'I kept them',
  codesFile: 'recovery-codes.txt',

  scan: 'Scan this code with the authenticator app, then type the six digits that it shows.',
  qrCode: 'QR code for the authenticator app',
  secret: 'Or type this key into the app',
  firstCode: 'Code from the app',
  confirm: 'Confirm',
  next: 'Continue',
  confirmed: 'The authenticator is set up.',
  wrongFirstCode: 'This code is wrong. Wait for the next one, and check the clock of the device.',

  enrolText:
    'Your password is right. This account needs a second factor: set up an authenticator app now.',
  passwordRight: 'Your password is right. Now prove that it is you.',
  mailed: {
    sending: ({ email }: { email: string }) => `A code is being mailed to ${email}.`,
    sent: ({ email }: { email: string }) => `A code is on its way to ${email}.`,
    failed: ({ email }: { email: string }) => `No code could be mailed to ${email}.`,
  },
  codes: {
    totp: 'Code from the authenticator app',
    otp: 'Code from the mail',
    recovery: 'Recovery code',
  },
  password: 'Password',
  recoveryHelp: 'It is used up, and all other sessions of the account end.',
  wrong: {
    totp: 'This code is wrong or was used before. Wait for the next one.',
    otp: 'This code is wrong or has expired. Check it, or start again.',
    recovery: 'This recovery code is wrong or was used before.',
    password: 'This password is wrong.',
  },
  expired: 'This sign-in has expired. Start again.',
  others: {
    totp: 'Use the authenticator app',
    otp: 'Mail me a code',
    recovery: 'Use a recovery code',
    password: 'Use the password',
  },
  othersLabel: 'Other ways',
  noMethod: 'This account has no way to answer here. Ask a superuser to reset its second factors.',
  signIn: 'Sign in',
  back: 'Start again',

  stepUpTitle: 'Prove that it is you',
  stepUpText: 'This needs a recent proof of your identity. Afterwards it goes on by itself.',
  prove: 'Continue',
  noProof: 'This account has no way to prove its identity here. Sign out, and sign in again.',
}
