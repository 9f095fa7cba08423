/*
 * Hides messages of the runtime and other packages that tests provoke on purpose. All others are
 * shown.
 */
const expected = [
  // Storage is emptied before every test, which stops running Durable Objects.
  /jsg\.Error: Application called (?:deleteAllDurableObjects|abortAllDurableObjects)\(\)/,
  // Tests use mail servers whose certificates must be rejected.
  /kj\/compat\/tls\.c\+\+|TLS peer's certificate|SSL routines/,
  // Tests disconnect in the middle, as clients do.
  /disconnected: |WebSocket peer disconnected/,
  // Tests read bytes as text to check that they are not.
  /Called \.text\(\) on an HTTP body which does not appear to be text/,
  // The package ships a source map without its sources.
  /Sourcemap for .* points to missing source files/,
  // The test provider stores nothing, as intended.
  /oidc-provider (?:WARNING|NOTICE)/,
]

/** Drops the listed lines from both streams of this process. */
export function quietRuntime(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = new Proxy(stream.write, {
      apply(write, target, args: Parameters<typeof stream.write>) {
        const [chunk] = args
        const isExpected = typeof chunk === 'string' && expected.some((line) => line.test(chunk))
        return isExpected || Reflect.apply(write, target, args)
      },
    })
  }
}
