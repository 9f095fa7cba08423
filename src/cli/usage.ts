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
  try {
    return parseArgs(config)
  } catch (error) {
    // Node goes on with advice for programmers.
    const [fault] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new UsageError(`${fault}. For help: ${help}`, { cause: error })
  }
}
