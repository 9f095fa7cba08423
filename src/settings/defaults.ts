import type { RateLimitRule, S3Settings, Settings } from './settings.ts'

const noS3: S3Settings = {
  enabled: false,
  bucket: '',
  region: '',
  endpoint: '',
  accessKey: '',
  secret: '',
  forcePathStyle: false,
}

/** Twenty per minute: enough for an office behind one address, and too few for guessing. */
function limited(tag: string): RateLimitRule {
  return { label: `*:${tag}`, audience: '', duration: 60, maxRequests: 20 }
}

/**
 * The settings of a new deployment. They are PocketBase's, with two differences: links in mails
 * lead to the address of `npm start`, and every route that checks a secret or sends mail to a given
 * address is rate limited.
 */
export const defaultSettings: Settings = {
  superuserIPs: [],
  smtp: {
    enabled: false,
    port: 587,
    host: 'smtp.example.com',
    username: '',
    password: '',
    authMethod: '',
    tls: false,
    localName: '',
  },
  backups: { cron: '', cronMaxKeep: 3, s3: noS3 },
  s3: noS3,
  meta: {
    accentColor: '#1055c9',
    appName: 'Acme',
    appURL: 'http://127.0.0.1:8787',
    senderName: 'Support',
    senderAddress: 'support@example.com',
    hideControls: false,
  },
  rateLimits: {
    rules: [
      limited('auth'),
      limited('requestOTP'),
      limited('requestVerification'),
      limited('confirmVerification'),
      limited('requestPasswordReset'),
      limited('confirmPasswordReset'),
      limited('requestEmailChange'),
      limited('confirmEmailChange'),
    ],
    excludedIPs: [],
    enabled: true,
  },
  trustedProxy: { headers: [], useLeftmostIP: false },
  batch: { enabled: false, maxRequests: 50, timeout: 3, maxBodySize: 0 },
  logs: { maxDays: 5, minLevel: 0, logIP: true, logAuthId: false },
  arete: {
    docs: { access: 'superusers' },
    schema: { source: 'dashboard' },
    webhooks: { mailAfter: 24 * 60 * 60, turnOffAfter: 5 * 24 * 60 * 60 },
  },
}
