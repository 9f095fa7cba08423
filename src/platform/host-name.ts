/** The runtime that the code runs in. */
export type HostName = 'cloudflare' | 'node' | 'bun'

/** Names the runtime. */
export function hostName(): HostName {
  const { userAgent } = navigator
  if (userAgent.startsWith('Cloudflare')) return 'cloudflare'
  return userAgent.startsWith('Bun') ? 'bun' : 'node'
}
