import { describe, it } from 'vitest'
import { startAuthorization } from '#auth/oauth2/providers/authorization.ts'
import type { ProviderOptions } from '#catalog/definition.ts'

function options(changes: Partial<ProviderOptions>): ProviderOptions {
  return {
    name: 'google',
    pkce: null,
    clientId: 'cid',
    clientSecret: 'secret',
    authURL: '',
    tokenURL: '',
    userInfoURL: '',
    displayName: '',
    extra: null,
    ...changes,
  }
}

const pkce = 'code_challenge=CHALLENGE&code_challenge_method=S256&'

/** Recorded from PocketBase 0.39.11, with the random parts replaced. */
const recorded = [
  {
    options: options({ name: 'google' }),
    displayName: 'Google',
    authURL: `https://accounts.google.com/o/oauth2/v2/auth?client_id=cid&${pkce}response_type=code&scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fuserinfo.profile+https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fuserinfo.email&state=STATE&redirect_uri=`,
  },
  {
    options: options({ name: 'apple' }),
    displayName: 'Apple',
    authURL: `https://appleid.apple.com/auth/authorize?client_id=cid&${pkce}response_mode=form_post&response_type=code&scope=name+email&state=STATE&redirect_uri=`,
  },
  {
    options: options({ name: 'vk' }),
    displayName: 'ВКонтакте',
    authURL:
      'https://oauth.vk.com/authorize?client_id=cid&response_type=code&scope=email&state=STATE&redirect_uri=',
  },
  {
    options: options({ name: 'trakt' }),
    displayName: 'Trakt',
    authURL: `https://trakt.tv/oauth/authorize?client_id=cid&${pkce}response_type=code&state=STATE&redirect_uri=`,
  },
  {
    options: options({ name: 'patreon' }),
    displayName: 'Patreon',
    authURL: `https://www.patreon.com/oauth2/authorize?client_id=cid&${pkce}response_type=code&scope=identity+identity%5Bemail%5D&state=STATE&redirect_uri=`,
  },
  {
    options: options({
      name: 'oidc',
      authURL: 'https://x.test/a?b=c',
      displayName: 'Mine',
      pkce: false,
    }),
    displayName: 'Mine',
    authURL:
      'https://x.test/a?b=c&client_id=cid&response_type=code&scope=openid+email+profile&state=STATE&redirect_uri=',
  },
  {
    options: options({ name: 'microsoft', extra: { idTokenEmailClaim: 'email' } }),
    displayName: 'Microsoft',
    authURL: `https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=cid&${pkce}response_type=code&scope=User.Read+openid&state=STATE&redirect_uri=`,
  },
  {
    options: options({ name: 'bitbucket', pkce: true }),
    displayName: 'Bitbucket',
    authURL: `https://bitbucket.org/site/oauth2/authorize?client_id=cid&${pkce}response_type=code&scope=account&state=STATE&redirect_uri=`,
  },
]

describe('startAuthorization', () => {
  for (const { options: configured, authURL, displayName } of recorded) {
    it(`sends users to ${configured.name} as PocketBase does`, async ({ expect }) => {
      const started = await startAuthorization(configured)

      const url = started?.authURL
        .replace(started.state, 'STATE')
        .replace(started.codeChallenge || 'CHALLENGE', 'CHALLENGE')
      expect(url).toBe(authURL)
      expect(started?.authUrl).toBe(started?.authURL)
      expect(started?.displayName).toBe(displayName)
    })
  }

  it('challenges with the hash of the verifier', async ({ expect }) => {
    const started = await startAuthorization(options({}))

    const hash = new Uint8Array(
      await crypto.subtle.digest('SHA-256', new TextEncoder().encode(started?.codeVerifier)),
    )
    expect(started?.codeVerifier).toMatch(/^[a-zA-Z0-9]{43}$/)
    expect(started?.codeChallenge).toBe(Buffer.from(hash).toString('base64url'))
    expect(started?.state).toMatch(/^[a-zA-Z0-9]{30}$/)
  })

  it('leaves the code parts blank without PKCE', async ({ expect }) => {
    const started = await startAuthorization(options({ pkce: false }))

    expect(started).toMatchObject({ codeVerifier: '', codeChallenge: '', codeChallengeMethod: '' })
  })

  it('escapes configured values', async ({ expect }) => {
    const started = await startAuthorization(options({ clientId: "a&b=c d~*'" }))

    expect(started?.authURL).toContain('?client_id=a%26b%3Dc+d~%2A%27&')
  })

  it('does not find a provider with the name of an object method', async ({ expect }) => {
    expect(await startAuthorization(options({ name: 'constructor' }))).toBeUndefined()
  })
})
