/** A request that is sent repeatedly. */
export interface Load {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends a request once and returns the body of the response. @throws Error if it failed */
export async function send({ url, method, headers, body }: Load): Promise<string> {
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`)
  return text
}
