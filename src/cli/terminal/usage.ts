import { parseArgs, type ParseArgsConfig } from 'node:util'

/** The command line is invalid; the message says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Parses options and operands. Unknown ones are rejected.
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
    // Node appends advice for programmers.
    const [fault] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new UsageError(`${fault}. For help: ${help}`, { cause: error })
  }
}

/**
 * Parses an option as a positive number.
 *
 * @throws {UsageError}
 */
export function positiveNumber(option: string, text: string): number {
  const number = Number(text)
  if (Number.isFinite(number) && number > 0) return number
  throw new UsageError(`${option} must be a positive number, not "${text}".`)
}

/** npm treats options before `--` as its own, which shows in the environment. */
function expectNothingKept({ args = [], options = {} }: ParseArgsConfig, help: string): void {
  const kept = Object.keys(options).filter((name) => {
    const value = process.env[`npm_config_${name.replaceAll('-', '_')}`] ?? ''
    return value !== '' && value !== 'false' && !args.includes(`--${name}`)
  })
  if (kept.length === 0) return
  const names = kept.map((name) => `--${name}`).join(', ')
  throw new UsageError(`npm consumed ${names}. Put it after --. For help: ${help}`)
}
