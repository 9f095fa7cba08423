/*
 * Maps the response of each provider to a user. A source is the path of a value, or a function for
 * exceptions.
 *
 * An address is only used if the provider has verified it: accounts are found by it, so an
 * unverified one would give access to another person's account.
 */
import { isEmail } from '#go-compat/formats.ts'
import { parseDate } from '#go-compat/parse-date.ts'
import { isTrueAt, type JsonObject, textAt, valueAt } from './json-path.ts'
import type { Provider } from './provider.ts'
import type { ProviderToken } from './exchange-code.ts'

/** Further input of a source besides the user's own document. */
export interface MappingContext {
  readonly provider: Provider
  readonly token: ProviderToken
  /** The claims of the id_token, if one was requested. */
  readonly claims: JsonObject | undefined
  /** The response of another URL of the provider; undefined if the user did not grant it. */
  ask(url: string): Promise<unknown>
}

/** The source of a user's value. */
export type Source =
  | string
  | ((user: JsonObject, context: MappingContext) => string | Promise<string>)

/** The user request of a provider, and the mapping of its response. */
export interface UserMapping {
  /** The request, unless it is a plain `GET`. */
  readonly request?: (provider: Provider) => UserRequest
  /** True if the user must be rejected: suspended, or missing. */
  readonly isRefused?: (user: JsonObject) => boolean
  /** Adds further data to the user's document. */
  readonly complete?: (user: JsonObject, token: ProviderToken) => JsonObject
  readonly id: Source
  readonly name?: Source
  readonly username?: Source
  readonly email?: Source
  readonly avatarURL?: Source
}

/** The differences from a plain `GET`. */
export interface UserRequest {
  readonly headers?: Readonly<Record<string, string>>
  /** A query to post (GraphQL). */
  readonly query?: string
}

const openIdConnect: UserMapping = {
  id: 'sub',
  name: 'name',
  username: 'preferred_username',
  email: provided('email', (user) => isTrueAt(user, 'email_verified')),
  avatarURL: 'picture',
}

/** The mapping of every provider, by its name. */
export const userMappings: Readonly<Record<string, UserMapping>> = {
  apple: {
    id: 'sub',
    name: 'name',
    email: provided('email', (user) => isTrueAt(user, 'email_verified')),
  },
  google: {
    id: 'sub',
    name: 'name',
    email: provided('email', (user) => isTrueAt(user, 'email_verified')),
    avatarURL: 'picture',
  },
  microsoft: { id: 'id', name: 'displayName', email: microsoftEmail },
  yandex: {
    id: 'id',
    name: 'real_name',
    username: 'login',
    email: 'default_email',
    avatarURL: (user) =>
      isTrueAt(user, 'is_avatar_empty')
        ? ''
        : `https://avatars.yandex.net/get-yapic/${textAt(user, 'default_avatar_id')}/islands-200`,
  },
  facebook: { id: 'id', name: 'name', email: 'email', avatarURL: 'picture.data.url' },
  instagram2: {
    complete: (user, { answer }) => ({ permissions: answer['permissions'], ...user }),
    id: 'user_id',
    name: 'name',
    username: 'username',
    avatarURL: 'profile_picture_url',
  },
  github: {
    id: 'id',
    name: 'name',
    username: 'login',
    email: listedEmail('', (entry) => isTrueAt(entry, 'primary') && isTrueAt(entry, 'verified')),
    avatarURL: 'avatar_url',
  },
  gitlab: {
    id: 'id',
    name: 'name',
    username: 'username',
    email: provided('email', (user) => parseDate(textAt(user, 'confirmed_at')) !== ''),
    avatarURL: 'avatar_url',
  },
  bitbucket: {
    isRefused: (user) => user['account_status'] !== 'active',
    id: 'uuid',
    name: 'display_name',
    username: 'username',
    email: listedEmail(
      'values',
      (entry) => isTrueAt(entry, 'is_primary') && isTrueAt(entry, 'is_confirmed'),
    ),
    avatarURL: 'links.avatar.href',
  },
  gitee: {
    id: 'id',
    name: 'name',
    username: 'login',
    email: giteeEmail,
    avatarURL: 'avatar_url',
  },
  gitea: {
    isRefused: (user) => !isTrueAt(user, 'active'),
    id: 'id',
    name: 'full_name',
    username: 'login',
    email: listedEmail('', (entry) => isTrueAt(entry, 'primary') && isTrueAt(entry, 'verified')),
    avatarURL: 'avatar_url',
  },
  discord: {
    id: 'id',
    name: discordName,
    username: 'username',
    email: provided('email', (user) => isTrueAt(user, 'verified')),
    avatarURL: (user) =>
      textAt(user, 'avatar') &&
      `https://cdn.discordapp.com/avatars/${textAt(user, 'id')}/${textAt(user, 'avatar')}.png`,
  },
  twitter: {
    id: 'data.id',
    name: 'data.name',
    username: 'data.username',
    email: 'data.confirmed_email',
    avatarURL: 'data.profile_image_url',
  },
  kakao: {
    id: 'id',
    username: 'properties.nickname',
    email: provided(
      'kakao_account.email',
      (user) =>
        isTrueAt(user, 'kakao_account.is_email_valid') &&
        isTrueAt(user, 'kakao_account.is_email_verified'),
    ),
    avatarURL: 'properties.profile_image',
  },
  vk: {
    isRefused: (user) => valueAt(user, 'response.0') === undefined,
    id: 'response.0.id',
    name: (user) =>
      `${textAt(user, 'response.0.first_name')} ${textAt(user, 'response.0.last_name')}`.trim(),
    username: 'response.0.screen_name',
    email: (_, { token }) => textAt(token.answer, 'email'),
    avatarURL: 'response.0.photo_max',
  },
  linear: {
    request: () => ({ query: '{viewer{id displayName name email avatarUrl active}}' }),
    isRefused: (user) => !isTrueAt(user, 'data.viewer.active'),
    id: 'data.viewer.id',
    name: 'data.viewer.name',
    username: 'data.viewer.displayName',
    email: 'data.viewer.email',
    avatarURL: 'data.viewer.avatarUrl',
  },
  notion: {
    request: () => ({ headers: { 'Notion-Version': '2022-06-28' } }),
    id: 'bot.owner.user.id',
    name: 'bot.owner.user.name',
    email: 'bot.owner.user.person.email',
    avatarURL: 'bot.owner.user.avatar_url',
  },
  monday: {
    request: () => ({ query: '{me{id enabled name email is_verified photo_small}}' }),
    isRefused: (user) => !isTrueAt(user, 'data.me.enabled'),
    id: 'data.me.id',
    name: 'data.me.name',
    email: provided('data.me.email', (user) => isTrueAt(user, 'data.me.is_verified')),
    avatarURL: 'data.me.photo_small',
  },
  lark: { id: 'data.union_id', name: 'data.name', avatarURL: 'data.avatar_url' },
  box: {
    isRefused: (user) => user['status'] !== 'active',
    id: 'id',
    name: 'name',
    email: 'login',
    avatarURL: 'avatar_url',
  },
  spotify: { id: 'id', name: 'display_name', avatarURL: 'images.0.url' },
  trakt: {
    request: ({ clientId }) => ({
      headers: {
        'Content-Type': 'application/json',
        'trakt-api-key': clientId,
        'trakt-api-version': '2',
      },
    }),
    id: 'user.ids.uuid',
    name: 'user.name',
    username: 'user.username',
    avatarURL: 'user.images.avatar.full',
  },
  twitch: {
    request: ({ clientId }) => ({ headers: { 'Client-Id': clientId } }),
    isRefused: (user) => valueAt(user, 'data.0') === undefined,
    id: 'data.0.id',
    name: 'data.0.display_name',
    username: 'data.0.login',
    email: 'data.0.email',
    avatarURL: 'data.0.profile_image_url',
  },
  patreon: {
    id: 'data.id',
    name: 'data.attributes.full_name',
    username: 'data.attributes.vanity',
    email: provided('data.attributes.email', (user) =>
      isTrueAt(user, 'data.attributes.is_email_verified'),
    ),
    avatarURL: 'data.attributes.image_url',
  },
  strava: {
    id: (user) => (user['id'] === 0 ? '' : textAt(user, 'id')),
    name: (user) => `${textAt(user, 'firstname')} ${textAt(user, 'lastname')}`,
    username: 'username',
    avatarURL: 'profile',
  },
  wakatime: {
    id: 'data.id',
    name: 'data.display_name',
    username: 'data.username',
    email: provided('data.email', (user) => isTrueAt(user, 'data.is_email_confirmed')),
    avatarURL: provided('data.photo', (user) => isTrueAt(user, 'data.photo_public')),
  },
  livechat: {
    id: 'account_id',
    name: 'name',
    email: provided('email', (user) => isTrueAt(user, 'email_verified')),
    avatarURL: 'avatar_url',
  },
  mailcow: {
    isRefused: (user) => !isTrueAt(user, 'active'),
    id: 'id',
    name: 'full_name',
    username: (user) => textAt(user, 'username').split('@')[0] ?? '',
    email: 'email',
  },
  planningcenter: {
    isRefused: (user) => valueAt(user, 'data.attributes.status') !== 'active',
    id: 'data.id',
    name: 'data.attributes.name',
    avatarURL: 'data.attributes.avatar',
  },
  oidc: openIdConnect,
  oidc2: openIdConnect,
  oidc3: openIdConnect,
}

/** The value at a path, if the provider has one. */
function provided(path: string, isGiven: (user: JsonObject) => boolean): Source {
  return (user) => (isGiven(user) ? textAt(user, path) : '')
}

/** The address that a separate list marks as the user's primary and verified one. */
function listedEmail(listPath: string, isOwn: (entry: unknown) => boolean): Source {
  return async (_, { provider, ask }) => {
    const answer = await ask(`${provider.userInfoURL}/emails`)
    const list = listPath === '' ? answer : valueAt(answer, listPath)
    return textAt(Array.isArray(list) ? list.find(isOwn) : undefined, 'email')
  }
}

/** Gitee puts a phrase in place of a private address. */
async function giteeEmail(user: JsonObject, { ask }: MappingContext): Promise<string> {
  const shown = textAt(user, 'email')
  if (isEmail(shown)) return shown
  const list = await ask('https://gitee.com/api/v5/emails')
  const primary = (Array.isArray(list) ? list : []).find((entry) => {
    const scopes = valueAt(entry, 'scope')
    const isPrimary = Array.isArray(scopes) && scopes.includes('primary')
    return isPrimary && valueAt(entry, 'state') === 'confirmed'
  })
  return textAt(primary, 'email')
}

/** Accounts without a display name use their username and its number, if any. */
function discordName(user: JsonObject): string {
  const number = textAt(user, 'discriminator')
  const suffix = number === '' || number === '0' ? '' : `#${number}`
  return textAt(user, 'global_name') || `${textAt(user, 'username')}${suffix}`
}

/** The claims of the id_token that count as verified. The directory's `mail` may be anything. */
const microsoftEmails: Readonly<Record<string, (claims: JsonObject) => string>> = {
  verified_primary_email: microsoftPrimaryEmail,
  email_and_xms_edov: microsoftDomainEmail,
  email: (claims) => textAt(claims, 'email'),
  any_verified: (claims) => microsoftPrimaryEmail(claims) || microsoftDomainEmail(claims),
}

function microsoftEmail(user: JsonObject, { provider, claims }: MappingContext): string {
  const choice = String(provider.extra['idTokenEmailClaim'] ?? '')
  const read = Object.hasOwn(microsoftEmails, choice) ? microsoftEmails[choice] : undefined
  return read === undefined ? textAt(user, 'mail') : read(claims ?? {})
}

/** The claim is a string, or a list of strings. */
function microsoftPrimaryEmail(claims: JsonObject): string {
  return textAt(claims, 'verified_primary_email') || textAt(claims, 'verified_primary_email.0')
}

/** The domain of the address is verified as the tenant's. */
function microsoftDomainEmail(claims: JsonObject): string {
  return isTrueAt(claims, 'xms_edov') ? textAt(claims, 'email') : ''
}
