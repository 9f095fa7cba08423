/** Signing in. */
export const signIn = {
  title: 'Sign in',
  intro: ({ appName }: { appName: string }) => `To manage ${appName}`,
  email: 'Email',
  password: 'Password',
  keep: 'Keep me signed in on this device',
  submit: 'Sign in',
  wrong: 'Wrong email or password. Check both and try again.',
  forgotten: 'No account yet, or a forgotten password? Make or change a superuser from a terminal:',
  setup:
    'There is no superuser yet. Open the link that npm start or npm run deploy printed, or make one from a terminal:',
  command: 'npm run superuser -- upsert EMAIL PASSWORD',
}
