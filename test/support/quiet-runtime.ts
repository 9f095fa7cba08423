/*
 * Keeps from the output of a test run what the runtime and other packages say of things that tests do
 * on purpose. Whatever is not listed here is shown.
 */
const expected = [
  // Storage is emptied before every test, which ends the Durable Objects that are running.
  /jsg\.Error: Application called (?:deleteAllDurableObjects|abortAllDurableObjects)\(\)/,
  // Tests offer mail servers whose certificates, or lack of them, have to be refused.
  /kj\/compat\/tls\.c\+\+|TLS peer's certificate|SSL routines/,
  // Tests hang up in the middle, as clients do.
  /disconnected: |WebSocket peer disconnected/,
  // Tests read bytes as text, to find out that they are not.
  /Called \.text\(\) on an HTTP body which does not appear to be text/,
  // The package ships a map without the sources it names.
  /Sourcemap for .* points to missing source files/,
  // The provider of the tests forgets everything, as it should.
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
