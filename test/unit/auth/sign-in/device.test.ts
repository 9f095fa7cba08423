import { describe, it } from 'vitest'
import { deviceName } from '#auth/sign-in/device.ts'

const webKit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0'

const cases = [
  {
    name: 'Firefox on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
  },
  {
    name: 'Edge on Windows',
    userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/141.0.0.0`,
  },
  {
    name: 'Chrome on ChromeOS',
    userAgent: `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${chrome} Safari/537.36`,
  },
  {
    name: 'Chrome on Android',
    userAgent: `Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`,
  },
  {
    name: 'Samsung Internet on Android',
    userAgent: `Mozilla/5.0 (Linux; Android 14) SamsungBrowser/28.0 ${chrome} Mobile Safari/537.36`,
  },
  {
    name: 'Safari on macOS',
    userAgent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webKit} Version/18.1 Safari/605.1.15`,
  },
  {
    name: 'Safari on iPhone',
    userAgent: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${webKit} Version/18.1 Safari/604.1`,
  },
  {
    name: 'Firefox on iPad',
    userAgent: `Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) ${webKit} FxiOS/145.0 Safari/605.1.15`,
  },
  { name: 'curl', userAgent: 'curl/8.5.0' },
  { name: 'Dart', userAgent: 'Dart/3.5 (dart:io)' },
  { name: '', userAgent: '' },
  { name: '', userAgent: '<script>alert(1)</script>' },
]

describe('deviceName', () => {
  for (const { userAgent, name } of cases) {
    it(`calls "${userAgent}" "${name}"`, ({ expect }) => {
      expect(deviceName(userAgent)).toBe(name)
    })
  }
})
