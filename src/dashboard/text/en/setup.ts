/** Creating the first superuser. */
export const setup = {
  title: 'Create the first superuser',
  intro: ({ appName }: { appName: string }) =>
    `Superusers manage ${appName}: they define collections and rules, and can read and change every record.`,
  email: 'Email',
  password: 'Password',
  passwordHelp: 'At least 8 characters. A few words are easy to remember and hard to guess.',
  confirm: 'Password again',
  submit: 'Create superuser',
  failedTitle: 'The setup could not be read.',
  doneTitle: 'This deployment is set up',
  done: 'The link was already used, or there is a superuser from elsewhere. Sign in instead.',
  signIn: 'Go to the sign-in',
  missingTitle: 'Open the setup link',
  missing: 'The link is in the terminal that ran one of these commands:',
  invalidTitle: 'This link does not work any more',
  invalid:
    'It has expired, or a newer one took its place. Each of these commands prints a new one:',
  startCommand: 'npm start',
  deployCommand: 'npm run deploy',
}
