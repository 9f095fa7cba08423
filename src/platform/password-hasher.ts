/** Turns passwords into hashes that can be checked but not reversed. Slow on purpose. */
export interface PasswordHasher {
  /** The hash to store: a PHC string that carries its own salt and cost. */
  hash(password: string): Promise<string>
  /**
   * Whether the hash is of this password. Without a hash, or with one of an unknown kind, the answer
   * is no and takes as long as a yes, so that time does not tell which accounts exist.
   */
  verify(hash: string | undefined, password: string): Promise<boolean>
  /** Whether a hash was made otherwise, or cheaper, than `hash` makes them now. */
  needsUpgrade(hash: string): boolean
}
