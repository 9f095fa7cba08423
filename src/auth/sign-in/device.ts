/**
 * Browsers by substrings of their User-Agent. Most contain the names of others too, so the order
 * counts.
 */
const browsers = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
] as const

const systems = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac(?:intosh|OS)\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
] as const

const program = /^[\w.-]{1,40}/

/**
 * A short name of the device with this User-Agent, such as `Firefox on Windows` or `curl`; empty if
 * unknown. Helps users recognise their devices, but is not reliable.
 */
export function deviceName(userAgent: string): string {
  const system = nameOf(systems, userAgent)
  const browser = nameOf(browsers, userAgent)
  if (browser !== undefined && system !== undefined) return `${browser} on ${system}`
  return browser ?? system ?? program.exec(userAgent)?.[0] ?? ''
}

const maxUserAgentBytes = 200

/** A User-Agent for a mail or a fingerprint. It can have any length. */
export function shortUserAgent(userAgent: string): string {
  const bytes = new TextEncoder().encode(userAgent)
  if (bytes.length <= maxUserAgentBytes) return userAgent
  return `${new TextDecoder().decode(bytes.subarray(0, maxUserAgentBytes))}...`
}

function nameOf(
  table: readonly (readonly [RegExp, string])[],
  userAgent: string,
): string | undefined {
  return table.find(([pattern]) => pattern.test(userAgent))?.[1]
}
