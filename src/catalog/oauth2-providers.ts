import { providerLogos } from './provider-logos.ts'

/** A provider that a collection can use for sign-in. */
export interface ProviderInfo {
  readonly name: string
  readonly displayName: string
  /** An inline SVG. */
  readonly logo: string
}

const displayNames: Readonly<Record<string, string>> = {
  apple: 'Apple',
  google: 'Google',
  microsoft: 'Microsoft',
  yandex: 'Yandex',
  facebook: 'Facebook',
  instagram2: 'Instagram',
  github: 'GitHub',
  gitlab: 'GitLab',
  bitbucket: 'Bitbucket',
  gitee: 'Gitee',
  gitea: 'Gitea/Forgejo',
  discord: 'Discord',
  twitter: 'X/Twitter',
  kakao: 'Kakao',
  vk: 'ВКонтакте',
  linear: 'Linear',
  notion: 'Notion',
  monday: 'monday.com',
  lark: 'Lark',
  box: 'Box',
  spotify: 'Spotify',
  trakt: 'Trakt',
  twitch: 'Twitch',
  patreon: 'Patreon',
  strava: 'Strava',
  wakatime: 'WakaTime',
  livechat: 'LiveChat',
  mailcow: 'mailcow',
  planningcenter: 'Planning Center',
  oidc: 'OIDC',
  oidc2: 'OIDC',
  oidc3: 'OIDC',
}

/** Every provider, in the dashboard's order. */
export const oauth2Providers: readonly ProviderInfo[] = Object.entries(displayNames).map(
  ([name, displayName]) => ({
    name,
    displayName,
    // `oidc2` and `oidc3` are the same as `oidc`.
    logo: providerLogos.get(name.replace(/^oidc\d$/, 'oidc')) ?? '',
  }),
)

/** True if the provider exists. */
export function isProvider(name: string): boolean {
  return Object.hasOwn(displayNames, name)
}
