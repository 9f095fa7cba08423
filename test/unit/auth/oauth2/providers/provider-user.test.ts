import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { configuredProvider, type Provider } from '#auth/oauth2/providers/provider.ts'
import { exchangeCode } from '#auth/oauth2/providers/exchange-code.ts'
import { fetchProviderUser, type ProviderUser } from '#auth/oauth2/providers/provider-user.ts'
import type { ProviderOptions } from '#catalog/definition.ts'
import { oauth2Providers } from '#catalog/oauth2-providers.ts'
import { idTokenClaims, signedIdToken } from './id-tokens.ts'

/* Every provider, with the documented requests and responses. Other URLs return 404. */

interface Case {
  readonly name: string
  readonly options?: Partial<ProviderOptions>
  readonly tokenURL: string
  /** The members of the token response besides the token itself. */
  readonly token?: Readonly<Record<string, unknown>>
  /** Claims of the id_token, for providers that return one. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Responses of further URLs, the user's first. */
  readonly answers: Readonly<Record<string, unknown>>
  readonly user: Omit<ProviderUser, 'rawUser'>
}

const google = {
  sub: '110169484474386276334',
  name: 'Ada Lovelace',
  given_name: 'Ada',
  family_name: 'Lovelace',
  picture: 'https://lh3.googleusercontent.com/a-/photo.jpg',
  email: 'ada@example.com',
  email_verified: true,
  locale: 'en',
}

const cases: readonly Case[] = [
  {
    name: 'apple',
    tokenURL: 'https://appleid.apple.com/auth/token',
    claims: { iss: 'https://appleid.apple.com', email: 'ada@example.com', email_verified: 'true' },
    answers: {},
    user: { id: 'sub-1', name: '', username: '', email: 'ada@example.com', avatarURL: '' },
  },
  {
    name: 'google',
    tokenURL: 'https://oauth2.googleapis.com/token',
    answers: { 'https://www.googleapis.com/oauth2/v3/userinfo': google },
    user: {
      id: '110169484474386276334',
      name: 'Ada Lovelace',
      username: '',
      email: 'ada@example.com',
      avatarURL: 'https://lh3.googleusercontent.com/a-/photo.jpg',
    },
  },
  {
    name: 'microsoft',
    tokenURL: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    answers: {
      'https://graph.microsoft.com/v1.0/me': {
        '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users/$entity',
        businessPhones: ['+1 425 555 0109'],
        displayName: 'Ada Lovelace',
        givenName: 'Ada',
        mail: 'ada@contoso.com',
        userPrincipalName: 'ada@contoso.com',
        id: '87d349ed-44d7-43e1-9a83-5f2406dee5bd',
      },
    },
    user: {
      id: '87d349ed-44d7-43e1-9a83-5f2406dee5bd',
      name: 'Ada Lovelace',
      username: '',
      email: 'ada@contoso.com',
      avatarURL: '',
    },
  },
  {
    name: 'yandex',
    tokenURL: 'https://oauth.yandex.com/token',
    answers: {
      'https://login.yandex.ru/info': {
        login: 'ada',
        default_email: 'ada@yandex.ru',
        id: '1000034426',
        client_id: '4760187d81bc4b7799476b42b5103713',
        emails: ['ada@yandex.ru'],
        is_avatar_empty: false,
        default_avatar_id: '131652443',
        real_name: 'Ada Lovelace',
      },
    },
    user: {
      id: '1000034426',
      name: 'Ada Lovelace',
      username: 'ada',
      email: 'ada@yandex.ru',
      avatarURL: 'https://avatars.yandex.net/get-yapic/131652443/islands-200',
    },
  },
  {
    name: 'facebook',
    tokenURL: 'https://graph.facebook.com/v3.2/oauth/access_token',
    answers: {
      'https://graph.facebook.com/me?fields=name,email,picture.type(large)': {
        name: 'Ada Lovelace',
        email: 'ada@example.com',
        picture: {
          data: {
            height: 200,
            is_silhouette: false,
            url: 'https://platform-lookaside.fbsbx.com/p.jpg',
            width: 200,
          },
        },
        id: '10158311111111111',
      },
    },
    user: {
      id: '10158311111111111',
      name: 'Ada Lovelace',
      username: '',
      email: 'ada@example.com',
      avatarURL: 'https://platform-lookaside.fbsbx.com/p.jpg',
    },
  },
  {
    name: 'instagram2',
    tokenURL: 'https://api.instagram.com/oauth/access_token',
    token: {
      token_type: undefined,
      user_id: 17841405793187218,
      permissions: ['instagram_business_basic'],
    },
    answers: {
      'https://graph.instagram.com/me?fields=id,username,account_type,user_id,name,profile_picture_url,followers_count,follows_count,media_count':
        {
          id: '6789',
          user_id: '17841405793187218',
          username: 'ada',
          name: 'Ada Lovelace',
          account_type: 'BUSINESS',
          profile_picture_url: 'https://scontent.cdninstagram.com/p.jpg',
          followers_count: 1,
          follows_count: 1,
          media_count: 1,
        },
    },
    user: {
      id: '17841405793187218',
      name: 'Ada Lovelace',
      username: 'ada',
      email: '',
      avatarURL: 'https://scontent.cdninstagram.com/p.jpg',
    },
  },
  {
    name: 'github',
    tokenURL: 'https://github.com/login/oauth/access_token',
    answers: {
      'https://api.github.com/user': {
        login: 'octocat',
        id: 583231,
        node_id: 'MDQ6VXNlcjE=',
        avatar_url: 'https://github.com/images/error/octocat_happy.gif',
        name: 'monalisa octocat',
        email: 'unproven@example.com',
      },
      'https://api.github.com/user/emails': [
        { email: 'other@example.com', verified: true, primary: false, visibility: null },
        { email: 'octocat@example.com', verified: true, primary: true, visibility: 'public' },
      ],
    },
    user: {
      id: '583231',
      name: 'monalisa octocat',
      username: 'octocat',
      email: 'octocat@example.com',
      avatarURL: 'https://github.com/images/error/octocat_happy.gif',
    },
  },
  {
    name: 'gitlab',
    tokenURL: 'https://gitlab.com/oauth/token',
    answers: {
      'https://gitlab.com/api/v4/user': {
        id: 1,
        username: 'ada',
        email: 'ada@example.com',
        name: 'Ada Lovelace',
        state: 'active',
        avatar_url: 'http://localhost:3000/uploads/user/avatar/1/index.jpg',
        confirmed_at: '2012-05-23T09:05:22Z',
      },
    },
    user: {
      id: '1',
      name: 'Ada Lovelace',
      username: 'ada',
      email: 'ada@example.com',
      avatarURL: 'http://localhost:3000/uploads/user/avatar/1/index.jpg',
    },
  },
  {
    name: 'bitbucket',
    tokenURL: 'https://bitbucket.org/site/oauth2/access_token',
    answers: {
      'https://api.bitbucket.org/2.0/user': {
        username: 'ada',
        display_name: 'Ada Lovelace',
        account_status: 'active',
        uuid: '{d301aafa-d676-4ee0-88be-962be7417567}',
        links: { avatar: { href: 'https://bitbucket.org/account/ada/avatar/32/' } },
      },
      'https://api.bitbucket.org/2.0/user/emails': {
        pagelen: 10,
        values: [
          { email: 'old@example.com', is_primary: false, is_confirmed: true, type: 'email' },
          { email: 'ada@example.com', is_primary: true, is_confirmed: true, type: 'email' },
        ],
      },
    },
    user: {
      id: '{d301aafa-d676-4ee0-88be-962be7417567}',
      name: 'Ada Lovelace',
      username: 'ada',
      email: 'ada@example.com',
      avatarURL: 'https://bitbucket.org/account/ada/avatar/32/',
    },
  },
  {
    name: 'gitee',
    tokenURL: 'https://gitee.com/oauth/token',
    answers: {
      'https://gitee.com/api/v5/user': {
        id: 5550911,
        login: 'ada',
        name: 'Ada',
        avatar_url: 'https://gitee.com/assets/no_portrait.png',
        email: '未公开邮箱',
      },
      'https://gitee.com/api/v5/emails': [
        { email: 'second@example.com', state: 'confirmed', scope: ['committed'] },
        { email: 'ada@example.com', state: 'confirmed', scope: ['primary', 'notified'] },
      ],
    },
    user: {
      id: '5550911',
      name: 'Ada',
      username: 'ada',
      email: 'ada@example.com',
      avatarURL: 'https://gitee.com/assets/no_portrait.png',
    },
  },
  {
    name: 'gitea',
    tokenURL: 'https://gitea.com/login/oauth/access_token',
    answers: {
      'https://gitea.com/api/v1/user': {
        id: 7,
        login: 'ada',
        full_name: 'Ada Lovelace',
        email: 'unproven@example.com',
        avatar_url: 'https://gitea.com/avatars/7',
        active: true,
      },
      'https://gitea.com/api/v1/user/emails': [
        { email: 'ada@example.com', verified: true, primary: true },
      ],
    },
    user: {
      id: '7',
      name: 'Ada Lovelace',
      username: 'ada',
      email: 'ada@example.com',
      avatarURL: 'https://gitea.com/avatars/7',
    },
  },
  {
    name: 'discord',
    tokenURL: 'https://discord.com/api/oauth2/token',
    answers: {
      'https://discord.com/api/users/@me': {
        id: '80351110224678912',
        username: 'nelly',
        discriminator: '1337',
        global_name: null,
        avatar: '8342729096ea3675442027381ff50dfe',
        verified: true,
        email: 'nelly@example.com',
      },
    },
    user: {
      id: '80351110224678912',
      name: 'nelly#1337',
      username: 'nelly',
      email: 'nelly@example.com',
      avatarURL:
        'https://cdn.discordapp.com/avatars/80351110224678912/8342729096ea3675442027381ff50dfe.png',
    },
  },
  {
    name: 'twitter',
    tokenURL: 'https://api.x.com/2/oauth2/token',
    token: { scope: ['users.read', 'tweet.read'] },
    answers: {
      'https://api.x.com/2/users/me?user.fields=id,name,username,profile_image_url,confirmed_email':
        {
          data: {
            id: '2244994945',
            name: 'X Dev',
            username: 'XDevelopers',
            profile_image_url: 'https://pbs.twimg.com/profile_images/1/normal.jpg',
            confirmed_email: 'dev@example.com',
          },
        },
    },
    user: {
      id: '2244994945',
      name: 'X Dev',
      username: 'XDevelopers',
      email: 'dev@example.com',
      avatarURL: 'https://pbs.twimg.com/profile_images/1/normal.jpg',
    },
  },
  {
    name: 'kakao',
    tokenURL: 'https://kauth.kakao.com/oauth/token',
    answers: {
      'https://kapi.kakao.com/v2/user/me': {
        id: 123456789,
        connected_at: '2022-04-11T01:45:28Z',
        kakao_account: {
          is_email_valid: true,
          is_email_verified: true,
          email: 'ada@kakao.com',
        },
        properties: { nickname: 'Ada', profile_image: 'http://k.kakaocdn.net/p.jpg' },
      },
    },
    user: {
      id: '123456789',
      name: '',
      username: 'Ada',
      email: 'ada@kakao.com',
      avatarURL: 'http://k.kakaocdn.net/p.jpg',
    },
  },
  {
    name: 'vk',
    tokenURL: 'https://oauth.vk.com/access_token',
    token: { token_type: undefined, user_id: 66748, email: 'ada@example.com' },
    answers: {
      'https://api.vk.com/method/users.get?fields=photo_max,screen_name&v=5.131': {
        response: [
          {
            id: 66748,
            photo_max: 'https://sun1.userapi.com/p.jpg',
            screen_name: 'ada',
            first_name: 'Ada',
            last_name: 'Lovelace',
          },
        ],
      },
    },
    user: {
      id: '66748',
      name: 'Ada Lovelace',
      username: 'ada',
      email: 'ada@example.com',
      avatarURL: 'https://sun1.userapi.com/p.jpg',
    },
  },
  {
    name: 'linear',
    tokenURL: 'https://api.linear.app/oauth/token',
    answers: {
      'https://api.linear.app/graphql': {
        data: {
          viewer: {
            id: '2bc9ef4a-8ac6-4a2a-8a2a-6e5f5c7e6f1a',
            displayName: 'ada',
            name: 'Ada Lovelace',
            email: 'ada@example.com',
            avatarUrl: 'https://public.linear.app/p.jpg',
            active: true,
          },
        },
      },
    },
    user: {
      id: '2bc9ef4a-8ac6-4a2a-8a2a-6e5f5c7e6f1a',
      name: 'Ada Lovelace',
      username: 'ada',
      email: 'ada@example.com',
      avatarURL: 'https://public.linear.app/p.jpg',
    },
  },
  {
    name: 'notion',
    tokenURL: 'https://api.notion.com/v1/oauth/token',
    token: { bot_id: 'b1', workspace_id: 'w1', expires_in: undefined },
    answers: {
      'https://api.notion.com/v1/users/me': {
        object: 'user',
        id: '16d84278-ab0e-484c-9bdd-b35da3bd8905',
        type: 'bot',
        bot: {
          owner: {
            type: 'user',
            user: {
              object: 'user',
              id: '5389a034-eb5c-47b5-8a9e-f79c99ef166c',
              name: 'Ada Lovelace',
              avatar_url: 'https://secure.notion-static.com/p.jpg',
              type: 'person',
              person: { email: 'ada@example.com' },
            },
          },
        },
      },
    },
    user: {
      id: '5389a034-eb5c-47b5-8a9e-f79c99ef166c',
      name: 'Ada Lovelace',
      username: '',
      email: 'ada@example.com',
      avatarURL: 'https://secure.notion-static.com/p.jpg',
    },
  },
  {
    name: 'monday',
    tokenURL: 'https://auth.monday.com/oauth2/token',
    answers: {
      'https://api.monday.com/v2': {
        data: {
          me: {
            id: '4012689',
            enabled: true,
            name: 'Ada Lovelace',
            email: 'ada@example.com',
            is_verified: true,
            photo_small: 'https://files.monday.com/p.png',
          },
        },
        account_id: 5,
      },
    },
    user: {
      id: '4012689',
      name: 'Ada Lovelace',
      username: '',
      email: 'ada@example.com',
      avatarURL: 'https://files.monday.com/p.png',
    },
  },
  {
    name: 'lark',
    tokenURL: 'https://open.feishu.cn/open-apis/authen/v2/oauth/token',
    token: { code: 0, scope: 'auth:user.id:read' },
    answers: {
      'https://open.feishu.cn/open-apis/authen/v1/user_info': {
        code: 0,
        msg: 'success',
        data: {
          name: 'Ada',
          en_name: 'Ada',
          avatar_url: 'https://www.feishu.cn/avatar/icon',
          open_id: 'ou-1',
          union_id: 'on-d89jhsdhjsajkda7828enjdj328ydhhw3u43yjhdj',
          email: 'unproven@example.com',
        },
      },
    },
    user: {
      id: 'on-d89jhsdhjsajkda7828enjdj328ydhhw3u43yjhdj',
      name: 'Ada',
      username: '',
      email: '',
      avatarURL: 'https://www.feishu.cn/avatar/icon',
    },
  },
  {
    name: 'box',
    tokenURL: 'https://api.box.com/oauth2/token',
    token: { restricted_to: [] },
    answers: {
      'https://api.box.com/2.0/users/me': {
        id: '11446498',
        type: 'user',
        name: 'Ada Lovelace',
        login: 'ada@example.com',
        avatar_url: 'https://www.box.com/api/avatar/large/1',
        status: 'active',
      },
    },
    user: {
      id: '11446498',
      name: 'Ada Lovelace',
      username: '',
      email: 'ada@example.com',
      avatarURL: 'https://www.box.com/api/avatar/large/1',
    },
  },
  {
    name: 'spotify',
    tokenURL: 'https://accounts.spotify.com/api/token',
    answers: {
      'https://api.spotify.com/v1/me': {
        id: 'smedjan',
        display_name: 'Ada',
        email: 'unproven@example.com',
        images: [{ url: 'https://i.scdn.co/image/1', height: 300, width: 300 }],
      },
    },
    user: {
      id: 'smedjan',
      name: 'Ada',
      username: '',
      email: '',
      avatarURL: 'https://i.scdn.co/image/1',
    },
  },
  {
    name: 'trakt',
    tokenURL: 'https://api.trakt.tv/oauth/token',
    answers: {
      'https://api.trakt.tv/users/settings': {
        user: {
          username: 'ada',
          private: false,
          name: 'Ada Lovelace',
          ids: { slug: 'ada', uuid: 'b6589fc6ab0dc82cf12099d1c2d40ab994e8410c' },
          images: { avatar: { full: 'https://secure.gravatar.com/avatar/1' } },
        },
      },
    },
    user: {
      id: 'b6589fc6ab0dc82cf12099d1c2d40ab994e8410c',
      name: 'Ada Lovelace',
      username: 'ada',
      email: '',
      avatarURL: 'https://secure.gravatar.com/avatar/1',
    },
  },
  {
    name: 'twitch',
    tokenURL: 'https://id.twitch.tv/oauth2/token',
    token: { scope: ['user:read:email'] },
    answers: {
      'https://api.twitch.tv/helix/users': {
        data: [
          {
            id: '141981764',
            login: 'twitchdev',
            display_name: 'TwitchDev',
            profile_image_url: 'https://static-cdn.jtvnw.net/p.png',
            email: 'dev@example.com',
          },
        ],
      },
    },
    user: {
      id: '141981764',
      name: 'TwitchDev',
      username: 'twitchdev',
      email: 'dev@example.com',
      avatarURL: 'https://static-cdn.jtvnw.net/p.png',
    },
  },
  {
    name: 'patreon',
    tokenURL: 'https://www.patreon.com/api/oauth2/token',
    answers: {
      'https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=full_name,email,vanity,image_url,is_email_verified':
        {
          data: {
            attributes: {
              email: 'ada@example.com',
              full_name: 'Ada Lovelace',
              image_url: 'https://c8.patreon.com/p.jpg',
              is_email_verified: true,
              vanity: 'ada',
            },
            id: '12345689',
            type: 'user',
          },
        },
    },
    user: {
      id: '12345689',
      name: 'Ada Lovelace',
      username: 'ada',
      email: 'ada@example.com',
      avatarURL: 'https://c8.patreon.com/p.jpg',
    },
  },
  {
    name: 'strava',
    tokenURL: 'https://www.strava.com/api/v3/oauth/token',
    token: { expires_at: 1568775134, athlete: { id: 1234567890987654 } },
    answers: {
      'https://www.strava.com/api/v3/athlete': {
        id: 1234567890987654,
        username: 'ada',
        firstname: 'Ada',
        lastname: 'Lovelace',
        profile: 'https://dgalywyr863hv.cloudfront.net/p.jpg',
      },
    },
    user: {
      id: '1234567890987654',
      name: 'Ada Lovelace',
      username: 'ada',
      email: '',
      avatarURL: 'https://dgalywyr863hv.cloudfront.net/p.jpg',
    },
  },
  {
    name: 'wakatime',
    tokenURL: 'https://wakatime.com/oauth/token',
    answers: {
      'https://wakatime.com/api/v1/users/current': {
        data: {
          id: '5a1f8d3c-6b1e-4d2c-9f3a-1b2c3d4e5f60',
          display_name: 'Ada Lovelace',
          username: 'ada',
          email: 'ada@example.com',
          is_email_confirmed: true,
          photo: 'https://wakatime.com/photo/1',
          photo_public: true,
        },
      },
    },
    user: {
      id: '5a1f8d3c-6b1e-4d2c-9f3a-1b2c3d4e5f60',
      name: 'Ada Lovelace',
      username: 'ada',
      email: 'ada@example.com',
      avatarURL: 'https://wakatime.com/photo/1',
    },
  },
  {
    name: 'livechat',
    tokenURL: 'https://accounts.livechat.com/token',
    answers: {
      'https://accounts.livechat.com/v2/accounts/me': {
        account_id: 'd24fa41e-bc16-41b8-a15b-9ca45ff7e0cf',
        name: 'Ada Lovelace',
        email: 'ada@example.com',
        email_verified: true,
        avatar_url: 'https://cdn.livechat-files.com/p.png',
      },
    },
    user: {
      id: 'd24fa41e-bc16-41b8-a15b-9ca45ff7e0cf',
      name: 'Ada Lovelace',
      username: '',
      email: 'ada@example.com',
      avatarURL: 'https://cdn.livechat-files.com/p.png',
    },
  },
  {
    name: 'mailcow',
    options: {
      authURL: 'https://mail.example.com/oauth/authorize',
      tokenURL: 'https://mail.example.com/oauth/token',
      userInfoURL: 'https://mail.example.com/oauth/profile',
    },
    tokenURL: 'https://mail.example.com/oauth/token',
    answers: {
      'https://mail.example.com/oauth/profile': {
        success: true,
        username: 'ada@example.com',
        id: 'ada@example.com',
        identifier: 'ada@example.com',
        email: 'ada@example.com',
        full_name: 'Ada Lovelace',
        active: 1,
      },
    },
    user: {
      id: 'ada@example.com',
      name: 'Ada Lovelace',
      username: 'ada',
      email: 'ada@example.com',
      avatarURL: '',
    },
  },
  {
    name: 'planningcenter',
    tokenURL: 'https://api.planningcenteronline.com/oauth/token',
    answers: {
      'https://api.planningcenteronline.com/people/v2/me': {
        data: {
          type: 'Person',
          id: '109',
          attributes: {
            name: 'Ada Lovelace',
            avatar: 'https://avatars.planningcenteronline.com/p.png',
            status: 'active',
          },
        },
      },
    },
    user: {
      id: '109',
      name: 'Ada Lovelace',
      username: '',
      email: '',
      avatarURL: 'https://avatars.planningcenteronline.com/p.png',
    },
  },
  ...['oidc', 'oidc2', 'oidc3'].map((name) => ({
    name,
    options: {
      authURL: 'https://id.example.com/auth',
      tokenURL: 'https://id.example.com/token',
      userInfoURL: 'https://id.example.com/me',
    },
    tokenURL: 'https://id.example.com/token',
    answers: {
      'https://id.example.com/me': { ...google, preferred_username: 'ada', sub: '248289761001' },
    },
    user: {
      id: '248289761001',
      name: 'Ada Lovelace',
      username: 'ada',
      email: 'ada@example.com',
      avatarURL: 'https://lh3.googleusercontent.com/a-/photo.jpg',
    },
  })),
]

/** Variations of these responses, and the resulting changes of the user. */
const variations: readonly {
  readonly name: string
  readonly of: string
  /** Replaces members of the user's document. */
  readonly document?: Readonly<Record<string, unknown>>
  /** Replaces members of the configuration. */
  readonly options?: Partial<ProviderOptions>
  readonly claims?: Readonly<Record<string, unknown>>
  /** URLs that respond with this status. */
  readonly statuses?: Readonly<Record<string, number>>
  readonly user: Partial<ProviderUser>
}[] = [
  ...['google', 'livechat', 'oidc'].map((of) => ({
    name: 'an unproven address',
    of,
    document: { email_verified: false },
    user: { email: '' },
  })),
  {
    name: 'an unproven address',
    of: 'apple',
    claims: { email_verified: 'false' },
    user: { email: '' },
  },
  {
    name: 'an unproven address',
    of: 'discord',
    document: { verified: false },
    user: { email: '' },
  },
  {
    name: 'an unproven address',
    of: 'gitlab',
    document: { confirmed_at: null },
    user: { email: '' },
  },
  {
    name: 'an unproven address',
    of: 'kakao',
    document: {
      kakao_account: { is_email_valid: true, is_email_verified: false, email: 'a@kakao.com' },
    },
    user: { email: '' },
  },
  ...(
    [
      [
        'monday',
        { data: { me: { id: '1', enabled: true, email: 'a@example.com', is_verified: false } } },
      ],
      [
        'patreon',
        { data: { id: '1', attributes: { email: 'a@example.com', is_email_verified: false } } },
      ],
      ['wakatime', { data: { id: '1', email: 'a@example.com', is_email_confirmed: false } }],
    ] as const
  ).map(([of, document]) => ({ name: 'an unproven address', of, document, user: { email: '' } })),
  {
    name: 'a proof written as a text',
    of: 'oidc',
    document: { email_verified: 'true' },
    user: { email: 'ada@example.com' },
  },
  {
    name: 'a proof written as a number',
    of: 'oidc2',
    document: { email_verified: 1 },
    user: { email: 'ada@example.com' },
  },
  ...[401, 403, 404].map((status) => ({
    name: `addresses withheld by ${status}`,
    of: 'github',
    statuses: { 'https://api.github.com/user/emails': status },
    user: { email: '', id: '583231' },
  })),
  {
    name: 'an address that is public',
    of: 'gitee',
    document: { email: 'public@example.com' },
    user: { email: 'public@example.com' },
  },
  {
    name: 'no avatar',
    of: 'yandex',
    document: { is_avatar_empty: true },
    user: { avatarURL: '' },
  },
  { name: 'no avatar', of: 'discord', document: { avatar: null }, user: { avatarURL: '' } },
  {
    name: 'a display name',
    of: 'discord',
    document: { global_name: 'Nelly' },
    user: { name: 'Nelly', username: 'nelly' },
  },
  {
    name: 'no number after the name',
    of: 'discord',
    document: { discriminator: '0' },
    user: { name: 'nelly' },
  },
  {
    name: 'a private avatar',
    of: 'wakatime',
    document: { data: { id: '1', photo: 'https://wakatime.com/photo/1', photo_public: false } },
    user: { avatarURL: '' },
  },
  { name: 'no id', of: 'strava', document: { id: 0 }, user: { id: '' } },
  { name: 'no id', of: 'google', document: { sub: undefined }, user: { id: '' } },
  {
    name: 'permissions of the token',
    of: 'instagram2',
    user: {
      rawUser: { permissions: ['instagram_business_basic'] },
    },
  },
  ...(
    [
      ['verified_primary_email', 'primary@contoso.com'],
      ['email_and_xms_edov', 'claimed@contoso.com'],
      ['email', 'claimed@contoso.com'],
      ['any_verified', 'primary@contoso.com'],
    ] as const
  ).map(([idTokenEmailClaim, email]) => ({
    name: `the claim ${idTokenEmailClaim}`,
    of: 'microsoft',
    options: { extra: { idTokenEmailClaim } },
    claims: {
      verified_primary_email: ['primary@contoso.com'],
      email: 'claimed@contoso.com',
      xms_edov: true,
    },
    user: { email },
  })),
  {
    name: 'a domain that is not proven',
    of: 'microsoft',
    options: { extra: { idTokenEmailClaim: 'any_verified' } },
    claims: { email: 'claimed@contoso.com', xms_edov: false },
    user: { email: '' },
  },
  {
    name: 'an unknown claim',
    of: 'microsoft',
    options: { extra: { idTokenEmailClaim: 'other' } },
    claims: {},
    user: { email: 'ada@contoso.com' },
  },
  {
    name: 'a user read from the id_token',
    of: 'oidc',
    options: { userInfoURL: '' },
    claims: { name: 'Ada', email: 'ada@example.com', email_verified: true },
    user: { id: 'sub-1', name: 'Ada', email: 'ada@example.com' },
  },
]

const suspended = [
  { name: 'bitbucket', document: { account_status: 'suspended' } },
  { name: 'gitea', document: { active: false } },
  { name: 'linear', document: { data: { viewer: { id: '1', active: false } } } },
  { name: 'monday', document: { data: { me: { id: '1', enabled: false } } } },
  { name: 'box', document: { status: 'inactive' } },
  { name: 'mailcow', document: { active: 0 } },
  { name: 'planningcenter', document: { data: { id: '1', attributes: { status: 'inactive' } } } },
  { name: 'vk', document: { response: [] } },
  { name: 'twitch', document: { data: [] } },
]

const graphQL = [
  { name: 'linear', query: /viewer\s*\{[^}]*id displayName name email avatarUrl active/ },
  { name: 'monday', query: /me\s*\{[^}]*id enabled name email is_verified photo_small/ },
]

const headers = [
  { name: 'notion', expected: { 'Notion-Version': '2022-06-28' } },
  {
    name: 'trakt',
    expected: {
      'Content-Type': 'application/json',
      'trakt-api-key': 'cid',
      'trakt-api-version': '2',
    },
  },
  { name: 'twitch', expected: { 'Client-Id': 'cid' } },
  { name: 'github', expected: { 'User-Agent': 'Arete' } },
]

/** The provider's side of the conversation. */
class FakeInternet {
  readonly requests: Request[] = []
  readonly #answers: Map<string, () => Response>

  constructor(answers: Readonly<Record<string, () => Response>>) {
    this.#answers = new Map(Object.entries(answers))
  }

  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    this.requests.push(request.clone())
    return this.#answers.get(request.url)?.() ?? new Response('', { status: 404 })
  }

  to(url: string): Request | undefined {
    return this.requests.find((request) => request.url === url)
  }
}

let internet: FakeInternet

beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation((...args) => internet.fetch(...args))
})
afterEach(() => {
  vi.restoreAllMocks()
})

function caseOf(name: string): Case {
  const found = cases.find((each) => each.name === name)
  if (found === undefined) throw new Error(`${name} is not in the table.`)
  return found
}

function providerOf({ name, options }: Pick<Case, 'name' | 'options'>): Provider {
  const provider = configuredProvider({
    name,
    pkce: null,
    clientId: 'cid',
    clientSecret: 'shh',
    authURL: '',
    tokenURL: '',
    userInfoURL: '',
    displayName: '',
    extra: null,
    ...options,
  })
  if (provider === undefined) throw new Error(`${name} does not exist.`)
  return provider
}

/** Runs the whole flow from the code to the user. */
async function userOf({ name, options = {}, ...answers }: Case): Promise<ProviderUser> {
  const idToken = answers.claims && (await signedIdToken({ aud: 'cid', ...answers.claims }))
  internet = new FakeInternet({
    [answers.tokenURL]: () =>
      Response.json({
        access_token: 'at',
        token_type: 'Bearer',
        expires_in: 3600,
        ...(idToken === undefined ? {} : { id_token: idToken.token }),
        ...answers.token,
      }),
    'https://appleid.apple.com/auth/keys': () => Response.json(idToken?.keys),
    ...Object.fromEntries(
      Object.entries(answers.answers).map(([url, answer]) => [
        new URL(url).href,
        () => (answer instanceof Response ? answer.clone() : Response.json(answer)),
      ]),
    ),
  })
  const provider = providerOf({ name, options })
  const signal = AbortSignal.timeout(5000)
  const grant = { code: 'c0de', codeVerifier: 'verifier', redirectURL: 'https://app/' }
  const token = await exchangeCode(provider, grant, signal)
  return await fetchProviderUser(provider, token, '', signal)
}

/** The same case with members of the user's document replaced. */
function withDocument(original: Case, document: Readonly<Record<string, unknown>>): Case {
  const [url = '', ...others] = Object.keys(original.answers)
  const user = { ...(original.answers[url] as object), ...document }
  const rest = Object.fromEntries(others.map((other) => [other, original.answers[other]]))
  return { ...original, answers: { [url]: user, ...rest } }
}

describe('the user of a provider', () => {
  it.for(cases)('$name: is read from the documented response', async (each, { expect }) => {
    const user = await userOf(each)

    expect(user).toMatchObject(each.user)
    const [userURL] = Object.keys(each.answers)
    const document = userURL === undefined ? idTokenClaims(each.claims) : each.answers[userURL]
    expect(user.rawUser).toMatchObject(document as object)
  })

  it.for(cases)('$name: is requested at the documented URL', async (each, { expect }) => {
    await userOf(each)

    const token = internet.to(each.tokenURL)
    expect(token?.method).toBe('POST')
    expect(token?.headers.get('Authorization')).toBe(`Basic ${btoa('cid:shh')}`)
    const body = new URLSearchParams(await token?.text())
    expect(Object.fromEntries(body)).toEqual({
      code: 'c0de',
      grant_type: 'authorization_code',
      redirect_uri: 'https://app/',
      ...(providerOf(each).pkce ? { code_verifier: 'verifier' } : {}),
    })
    for (const url of Object.keys(each.answers)) {
      expect(internet.to(new URL(url).href)?.headers.get('Authorization')).toBe('Bearer at')
    }
  })

  it.for(variations)('$of: $name', async (variation, { expect }) => {
    const original = caseOf(variation.of)
    const changed = withDocument(original, variation.document ?? {})

    const user = await userOf({
      ...changed,
      options: { ...original.options, ...variation.options },
      ...(variation.claims === undefined
        ? {}
        : { claims: { ...original.claims, ...variation.claims } }),
      answers: {
        ...(Object.keys(original.answers).length === 0 ? {} : changed.answers),
        ...Object.fromEntries(
          Object.entries(variation.statuses ?? {}).map(([url, status]) => [
            url,
            new Response('', { status, headers: { 'WWW-Authenticate': 'Bearer' } }),
          ]),
        ),
      },
    })

    expect(user).toMatchObject(variation.user)
  })

  it.for(suspended)('$name: is rejected if suspended', async ({ name, document }, { expect }) => {
    await expect(userOf(withDocument(caseOf(name), document))).rejects.toThrow(name)
  })

  it.for(graphQL)('$name: is requested with a query', async ({ name, query }, { expect }) => {
    const each = caseOf(name)

    await userOf(each)

    const asked = internet.to(Object.keys(each.answers)[0] ?? '')
    expect(asked?.method).toBe('POST')
    expect(await asked?.json()).toEqual({ query: expect.stringMatching(query) })
  })

  it.for(headers)(
    '$name: is requested with its headers',
    async ({ name, expected }, { expect }) => {
      const each = caseOf(name)

      await userOf(each)

      const asked = internet.to(Object.keys(each.answers)[0] ?? '')
      for (const [header, value] of Object.entries(expected)) {
        expect(asked?.headers.get(header)).toBe(value)
      }
    },
  )

  it('is not requested at a URL that redirects', async ({ expect }) => {
    const elsewhere = new Response(null, { status: 302, headers: { Location: 'https://x.test/' } })
    const original = caseOf('google')
    const [url = ''] = Object.keys(original.answers)

    await expect(userOf({ ...original, answers: { [url]: elsewhere } })).rejects.toThrow('302')
    expect(internet.to('https://x.test/')).toBeUndefined()
  })

  it('is not read from an unrequested id_token', async ({ expect }) => {
    const forged = { ...caseOf('google'), claims: { iss: 'https://evil.test', sub: 'victim' } }

    expect((await userOf(forged)).id).toBe('110169484474386276334')
  })

  it('is tested for every provider', ({ expect }) => {
    expect(cases.map(({ name }) => name)).toEqual(oauth2Providers.map(({ name }) => name))
  })
})
