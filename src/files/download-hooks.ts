import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'

declare module '#catalog/plan-context.ts' {
  interface PlanHooks {
    /** The hooks before a file is sent; undefined if there are none. */
    beforeDownload(
      collection: Collection,
    ): ((download: HookedDownload) => Promise<DownloadVerdict>) | undefined
  }
}

/** A download that the rule allows, as its hooks see it. */
export interface HookedDownload {
  /** Its caller is confirmed. */
  readonly context: PlanContext
  readonly collection: Collection
  readonly recordId: string
  /** The name of the field. */
  readonly field: string
  readonly name: string
  /** The account of the token in the URL, where the rule needed one. */
  readonly holder: FileHolder | undefined
  readonly query: Readonly<Record<string, string>>
}

/** The account that a file token belongs to. */
export interface FileHolder {
  readonly id: string
  readonly collection: Collection
}

/** The outcome of the hooks: a URL to redirect to, or undefined to send the file. */
export interface DownloadVerdict {
  readonly redirect: string | undefined
}
