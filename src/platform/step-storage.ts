/** Storage for work that runs in steps: values of at most 2 MB, by key. */
export interface StepStorage {
  get<T>(key: string): Promise<T | undefined>
  /** Stores all entries or none. */
  put(entries: Record<string, unknown>): Promise<void>
  deleteAll(): Promise<void>
}
