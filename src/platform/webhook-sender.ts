/** One attempt to deliver a webhook. */
export interface WebhookRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutSeconds: number
}

/** The answer of a receiver. */
export interface WebhookAnswer {
  readonly status: number
  /** The header `Retry-After`. */
  readonly retryAfter: string | null
  /** The beginning of the body, at most 1 KiB. */
  readonly excerpt: string
}

/**
 * Sends webhooks. Never follows a redirect, and never connects to an address that is not on the
 * public internet, unless the host is in local development.
 */
export interface WebhookSender {
  /** @throws If there is no answer in time, or the host refuses the address. */
  send(request: WebhookRequest): Promise<WebhookAnswer>
}
