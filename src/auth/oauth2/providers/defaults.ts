/** The fixed data of a provider. A collection may override the URLs and PKCE. */
export interface ProviderDefaults {
  /** True if the code is bound to a verifier (RFC 7636). */
  readonly pkce: boolean
  readonly scopes: readonly string[]
  /** Further parameters of the authorization URL. */
  readonly parameters: Readonly<Record<string, string>>
  /** Blank if every deployment has its own. */
  readonly authURL: string
  readonly tokenURL: string
  readonly userInfoURL: string
  /** The validation of the id_token, if the user is read from one. */
  readonly idToken?: (configured: ConfiguredAddresses) => IdTokenPolicy | undefined
}

/** The validation of an id_token. Its audience and times are always checked. */
export interface IdTokenPolicy {
  /** The accepted issuers. An empty list accepts any. */
  readonly issuers: readonly string[]
  /**
   * The URL of the signing keys. Blank skips the signature, which OpenID Connect Core (3.1.3.7)
   * allows, because the token comes from the token endpoint itself.
   */
  readonly jwksURL: string
  /** Required scopes besides the default ones. */
  readonly scopes?: readonly string[]
}

/** The configuration that decides if a provider's id_token is read. */
interface ConfiguredAddresses {
  readonly userInfoURL: string
  readonly extra: Readonly<Record<string, unknown>>
}

/** The defaults of a provider; undefined if it does not exist. */
export function providerDefaults(name: string): ProviderDefaults | undefined {
  const known = Object.hasOwn(providers, name) ? providers[name] : undefined
  return known && { pkce: true, parameters: {}, ...known }
}

type Row = Omit<ProviderDefaults, 'pkce' | 'parameters'> & Partial<ProviderDefaults>

const openIdConnect: Row = {
  scopes: ['openid', 'email', 'profile'],
  authURL: '',
  tokenURL: '',
  userInfoURL: '',
  idToken: ({ userInfoURL, extra: { issuers, jwksURL } }) =>
    userInfoURL === ''
      ? {
          issuers: Array.isArray(issuers) ? issuers.map(String) : [],
          jwksURL: typeof jwksURL === 'string' ? jwksURL : '',
        }
      : undefined,
}

const providers: Readonly<Record<string, Row>> = {
  apple: {
    scopes: ['name', 'email'],
    parameters: { response_mode: 'form_post' },
    authURL: 'https://appleid.apple.com/auth/authorize',
    tokenURL: 'https://appleid.apple.com/auth/token',
    userInfoURL: '',
    idToken: () => ({
      issuers: ['https://appleid.apple.com'],
      jwksURL: 'https://appleid.apple.com/auth/keys',
    }),
  },
  google: {
    scopes: [
      'https://www.googleapis.com/auth/userinfo.profile',
      'https://www.googleapis.com/auth/userinfo.email',
    ],
    authURL: 'https://accounts.google.com/o/oauth2/v2/auth',
    tokenURL: 'https://oauth2.googleapis.com/token',
    userInfoURL: 'https://www.googleapis.com/oauth2/v3/userinfo',
  },
  microsoft: {
    scopes: ['User.Read'],
    authURL: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
    tokenURL: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    userInfoURL: 'https://graph.microsoft.com/v1.0/me',
    // Only the id_token says which addresses are verified. Every tenant is an issuer of its own.
    idToken: ({ extra: { idTokenEmailClaim } }) =>
      idTokenEmailClaim ? { issuers: [], jwksURL: '', scopes: ['openid'] } : undefined,
  },
  yandex: {
    scopes: ['login:email', 'login:avatar', 'login:info'],
    authURL: 'https://oauth.yandex.com/authorize',
    tokenURL: 'https://oauth.yandex.com/token',
    userInfoURL: 'https://login.yandex.ru/info',
  },
  facebook: {
    scopes: ['email'],
    authURL: 'https://www.facebook.com/v3.2/dialog/oauth',
    tokenURL: 'https://graph.facebook.com/v3.2/oauth/access_token',
    userInfoURL: 'https://graph.facebook.com/me?fields=name,email,picture.type(large)',
  },
  instagram2: {
    scopes: ['instagram_business_basic'],
    authURL: 'https://www.instagram.com/oauth/authorize',
    tokenURL: 'https://api.instagram.com/oauth/access_token',
    userInfoURL:
      'https://graph.instagram.com/me?fields=id,username,account_type,user_id,name,profile_picture_url,followers_count,follows_count,media_count',
  },
  github: {
    scopes: ['read:user', 'user:email'],
    authURL: 'https://github.com/login/oauth/authorize',
    tokenURL: 'https://github.com/login/oauth/access_token',
    userInfoURL: 'https://api.github.com/user',
  },
  gitlab: {
    scopes: ['read_user'],
    authURL: 'https://gitlab.com/oauth/authorize',
    tokenURL: 'https://gitlab.com/oauth/token',
    userInfoURL: 'https://gitlab.com/api/v4/user',
  },
  bitbucket: {
    pkce: false,
    scopes: ['account'],
    authURL: 'https://bitbucket.org/site/oauth2/authorize',
    tokenURL: 'https://bitbucket.org/site/oauth2/access_token',
    userInfoURL: 'https://api.bitbucket.org/2.0/user',
  },
  gitee: {
    scopes: ['user_info', 'emails'],
    authURL: 'https://gitee.com/oauth/authorize',
    tokenURL: 'https://gitee.com/oauth/token',
    userInfoURL: 'https://gitee.com/api/v5/user',
  },
  gitea: {
    scopes: ['read:user', 'user:email'],
    authURL: 'https://gitea.com/login/oauth/authorize',
    tokenURL: 'https://gitea.com/login/oauth/access_token',
    userInfoURL: 'https://gitea.com/api/v1/user',
  },
  discord: {
    scopes: ['identify', 'email'],
    authURL: 'https://discord.com/api/oauth2/authorize',
    tokenURL: 'https://discord.com/api/oauth2/token',
    userInfoURL: 'https://discord.com/api/users/@me',
  },
  twitter: {
    scopes: ['users.read', 'users.email', 'tweet.read'],
    authURL: 'https://x.com/i/oauth2/authorize',
    tokenURL: 'https://api.x.com/2/oauth2/token',
    userInfoURL:
      'https://api.x.com/2/users/me?user.fields=id,name,username,profile_image_url,confirmed_email',
  },
  kakao: {
    scopes: ['account_email', 'profile_nickname', 'profile_image'],
    authURL: 'https://kauth.kakao.com/oauth/authorize',
    tokenURL: 'https://kauth.kakao.com/oauth/token',
    userInfoURL: 'https://kapi.kakao.com/v2/user/me',
  },
  vk: {
    pkce: false,
    scopes: ['email'],
    authURL: 'https://oauth.vk.com/authorize',
    tokenURL: 'https://oauth.vk.com/access_token',
    userInfoURL: 'https://api.vk.com/method/users.get?fields=photo_max,screen_name&v=5.131',
  },
  linear: {
    pkce: false,
    scopes: ['read'],
    authURL: 'https://linear.app/oauth/authorize',
    tokenURL: 'https://api.linear.app/oauth/token',
    userInfoURL: 'https://api.linear.app/graphql',
  },
  notion: {
    scopes: [],
    authURL: 'https://api.notion.com/v1/oauth/authorize',
    tokenURL: 'https://api.notion.com/v1/oauth/token',
    userInfoURL: 'https://api.notion.com/v1/users/me',
  },
  monday: {
    scopes: ['me:read'],
    authURL: 'https://auth.monday.com/oauth2/authorize',
    tokenURL: 'https://auth.monday.com/oauth2/token',
    userInfoURL: 'https://api.monday.com/v2',
  },
  lark: {
    scopes: [],
    authURL: 'https://accounts.feishu.cn/open-apis/authen/v1/authorize',
    tokenURL: 'https://open.feishu.cn/open-apis/authen/v2/oauth/token',
    userInfoURL: 'https://open.feishu.cn/open-apis/authen/v1/user_info',
  },
  box: {
    scopes: ['root_readonly'],
    authURL: 'https://account.box.com/api/oauth2/authorize',
    tokenURL: 'https://api.box.com/oauth2/token',
    userInfoURL: 'https://api.box.com/2.0/users/me',
  },
  spotify: {
    scopes: ['user-read-private'],
    authURL: 'https://accounts.spotify.com/authorize',
    tokenURL: 'https://accounts.spotify.com/api/token',
    userInfoURL: 'https://api.spotify.com/v1/me',
  },
  trakt: {
    scopes: [],
    authURL: 'https://trakt.tv/oauth/authorize',
    tokenURL: 'https://api.trakt.tv/oauth/token',
    userInfoURL: 'https://api.trakt.tv/users/settings',
  },
  twitch: {
    scopes: ['user:read:email'],
    authURL: 'https://id.twitch.tv/oauth2/authorize',
    tokenURL: 'https://id.twitch.tv/oauth2/token',
    userInfoURL: 'https://api.twitch.tv/helix/users',
  },
  patreon: {
    scopes: ['identity', 'identity[email]'],
    authURL: 'https://www.patreon.com/oauth2/authorize',
    tokenURL: 'https://www.patreon.com/api/oauth2/token',
    userInfoURL:
      'https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=full_name,email,vanity,image_url,is_email_verified',
  },
  strava: {
    scopes: ['profile:read_all'],
    authURL: 'https://www.strava.com/oauth/authorize',
    tokenURL: 'https://www.strava.com/api/v3/oauth/token',
    userInfoURL: 'https://www.strava.com/api/v3/athlete',
  },
  wakatime: {
    scopes: ['email'],
    authURL: 'https://wakatime.com/oauth/authorize',
    tokenURL: 'https://wakatime.com/oauth/token',
    userInfoURL: 'https://wakatime.com/api/v1/users/current',
  },
  livechat: {
    scopes: [],
    authURL: 'https://accounts.livechat.com/',
    tokenURL: 'https://accounts.livechat.com/token',
    userInfoURL: 'https://accounts.livechat.com/v2/accounts/me',
  },
  mailcow: {
    scopes: ['profile'],
    authURL: '',
    tokenURL: '',
    userInfoURL: '',
  },
  planningcenter: {
    scopes: ['people'],
    authURL: 'https://api.planningcenteronline.com/oauth/authorize',
    tokenURL: 'https://api.planningcenteronline.com/oauth/token',
    userInfoURL: 'https://api.planningcenteronline.com/people/v2/me',
  },
  oidc: openIdConnect,
  oidc2: openIdConnect,
  oidc3: openIdConnect,
}
