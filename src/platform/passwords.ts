import type { PasswordHasher } from './password-hasher.ts'

/** Hashes passwords, and knows the most common ones. */
export interface Passwords extends PasswordHasher {
  /**
   * True if one of these is on the list of common passwords.
   *
   * @throws {ApiError} `unavailable` if the list cannot be read
   */
  areCommon(readings: readonly string[]): Promise<boolean>
}
