/** A limit for a route: `maxRequests` per `duration` seconds and client address. */
export interface RateLimitRule {
  readonly label: string
  /** Empty for all callers, `@guest` or `@auth`. */
  readonly audience: string
  readonly duration: number
  readonly maxRequests: number
}

/** The location of an S3-compatible store. */
export interface S3Settings {
  readonly enabled: boolean
  readonly bucket: string
  readonly region: string
  readonly endpoint: string
  readonly accessKey: string
  /** The sealed secret; `openSecret` reads it. */
  readonly secret: string
  readonly forcePathStyle: boolean
}

/** The settings of a deployment, including sealed secrets, with PocketBase's names and units. */
export interface Settings {
  readonly superuserIPs: readonly string[]
  readonly smtp: {
    readonly enabled: boolean
    readonly port: number
    readonly host: string
    readonly username: string
    /** The sealed password; `openSecret` reads it. */
    readonly password: string
    readonly authMethod: string
    readonly tls: boolean
    readonly localName: string
  }
  readonly backups: { readonly cron: string; readonly cronMaxKeep: number; readonly s3: S3Settings }
  readonly s3: S3Settings
  readonly meta: {
    readonly accentColor: string
    readonly appName: string
    readonly appURL: string
    readonly senderName: string
    readonly senderAddress: string
    readonly hideControls: boolean
  }
  readonly rateLimits: {
    readonly rules: readonly RateLimitRule[]
    readonly excludedIPs: readonly string[]
    readonly enabled: boolean
  }
  readonly trustedProxy: { readonly headers: readonly string[]; readonly useLeftmostIP: boolean }
  readonly batch: {
    readonly enabled: boolean
    readonly maxRequests: number
    readonly timeout: number
    readonly maxBodySize: number
  }
  readonly logs: {
    readonly maxDays: number
    readonly minLevel: number
    readonly logIP: boolean
    readonly logAuthId: boolean
  }
  /** Settings that PocketBase lacks. Responses leave them out while they are the defaults. */
  readonly arete: {
    /** The readers of the OpenAPI document: `superusers`, or `public` for every client. */
    readonly docs: { readonly access: string }
    /**
     * The place where definitions are changed: `dashboard` for anywhere, `shared` for code and the
     * dashboard, or `code` for code only.
     */
    readonly schema: { readonly source: string }
    /** The seconds for which a webhook may fail before superusers get a mail, and before it is turned off. */
    readonly webhooks: { readonly mailAfter: number; readonly turnOffAfter: number }
  }
}
