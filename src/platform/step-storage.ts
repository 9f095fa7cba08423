/** What work that goes on in steps keeps between them: values of 2 MB at most, by key. */
export interface StepStorage {
  get<T>(key: string): Promise<T | undefined>
  /** All of them, or none. */
  put(entries: Record<string, unknown>): Promise<void>
  deleteAll(): Promise<void>
}
