import { parseArgs, type ParseArgsConfig } from 'node:util'

/** The command line asks for something that cannot be; the message says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Reads options and operands; what is not foreseen is refused.
 *
 * @param help the command that shows all of them
 * @throws {UsageError}
 */
export function readArguments<T extends ParseArgsConfig>(
  config: T,
  help: string,
): ReturnType<typeof parseArgs<T>> {
  expectNothingKept(config, help)
  try {
    return parseArgs(config)
  } catch (error) {
    // Node goes on with advice for programmers.
    const [fault] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new UsageError(`${fault}. For help: ${help}`, { cause: error })
  }
}

/**
 * Reads the value of an option that is a number over zero.
 *
 * @throws {UsageError}
 */
export function positiveNumber(option: string, text: string): number {
  const number = Number(text)
  if (Number.isFinite(number) && number > 0) return number
  throw new UsageError(`${option} takes a number over zero, not "${text}".`)
}

/** npm takes options for its own that stand before `--`, and says so in the environment. */
function expectNothingKept({ args = [], options = {} }: ParseArgsConfig, help: string): void {
  const kept = Object.keys(options).filter((name) => {
    const value = process.env[`npm_config_${name.replaceAll('-', '_')}`] ?? ''
    return value !== '' && value !== 'false' && !args.includes(`--${name}`)
  })
  if (kept.length === 0) return
  const names = kept.map((name) => `--${name}`).join(', ')
  throw new UsageError(
    `npm kept ${names} for itself: it has to stand behind a --. For help: ${help}`,
  )
}
