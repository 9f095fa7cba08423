/** The account that both servers know before the first request. */
export const superuser = { email: 'root@example.com', password: 'parity-root-1' }

/** A running server of either kind, listening on a loopback port of its own. */
export interface ParityServer {
  readonly name: string
  readonly host: string
  readonly port: number
  /** Ends the server's processes and removes its files. May be called twice. */
  stop(): Promise<void>
}
