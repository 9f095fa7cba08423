/** Turns passwords into hashes that can be checked but not reversed. Slow on purpose. */
export interface PasswordHasher {
  /** The hash to store: a PHC string that carries its own salt and cost. */
  hash(password: string): Promise<string>
  /**
   * Compares a password with a hash. A missing or unknown hash is false, and takes as long as a match,
   * so the time does not reveal which accounts exist.
   */
  verify(hash: string | undefined, password: string): Promise<boolean>
  /** True for a hash of another algorithm, or of a lower cost, than `hash` uses now. */
  needsUpgrade(hash: string): boolean
}
