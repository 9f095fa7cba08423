/** Hashes and verifies passwords. Slow on purpose. */
export interface PasswordHasher {
  /** Returns the hash to store: a PHC string with its own salt and cost. */
  hash(password: string): Promise<string>
  /**
   * Compares a password with a hash. Returns false for a missing or unknown hash, but takes as long
   * as a match, so that the time does not reveal which accounts exist.
   */
  verify(hash: string | undefined, password: string): Promise<boolean>
  /** True if the hash has another algorithm or a lower cost than `hash` uses now. */
  needsUpgrade(hash: string): boolean
}
