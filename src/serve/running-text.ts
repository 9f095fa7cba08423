/** A local server in the Workers runtime, as its user sees it. */
export interface RunningLocally {
  /** Its address, without a path. */
  readonly address: string
  /** The token of a new setup link, for the terminal only; undefined if a superuser exists. */
  readonly setupToken: string | undefined
  /** The commands for superusers. */
  readonly superusers: { readonly help: string; readonly create: string }
}

/** The text that a local server prints once it is running. */
export function runningText({ address, setupToken, superusers }: RunningLocally): string {
  const advice =
    setupToken === undefined ? superusers.help : `none yet: open the link, or ${superusers.create}`
  const setup =
    setupToken === undefined
      ? ''
      : `
Create the first superuser here, within a day:

  ${address}/_/setup#${setupToken}
`
  return `
Arete is running. Press Ctrl-C to stop it.
${setup}
  Dashboard   ${address}/_/
  API         ${address}/api/
  Mails       ${address}/_/mail/inbox
  Try it      curl ${address}/api/health
  Superusers  ${advice}

`
}
