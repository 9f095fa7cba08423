import type { SampleContext } from './sample-context.ts'

/** The body that an operation is sent with; undefined if it has none. */
export function requestBody({
  operation,
  collection,
  body,
}: SampleContext): Readonly<Record<string, unknown>> | undefined {
  switch (operation.key) {
    case 'create':
    case 'update':
      return body
    case 'batch': {
      const url = `/api/collections/${collection.name}/records`
      return {
        requests: [
          { method: 'POST', url, body },
          { method: 'DELETE', url: `${url}/RECORD_ID` },
        ],
      }
    }
    case 'password':
      return { identity: 'EMAIL', password: 'PASSWORD' }
    case 'oauth2':
      return {
        provider: 'PROVIDER',
        code: 'CODE',
        codeVerifier: 'VERIFIER',
        redirectURL: 'REDIRECT_ADDRESS',
      }
    case 'otp':
      return { otpId: 'OTP_ID', password: 'CODE' }
    case 'verification':
    case 'passwordReset':
      return { email: 'EMAIL' }
    case 'emailChange':
      return { newEmail: 'NEW_EMAIL' }
    case 'list':
    case 'view':
    case 'delete':
    case 'realtime':
    case 'refresh':
      return undefined
  }
}
