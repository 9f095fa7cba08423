import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, it } from 'vitest'
import type { Audience } from '#openapi/audience.ts'
import { describeApi } from '#openapi/document.ts'
import {
  blogCollections,
  catalogOf,
  type DescribedCollection,
  everyField,
  everySignIn,
  hundredCollections,
  oddNames,
} from '../../support/described-collections.ts'

const deployments: readonly {
  readonly name: string
  readonly collections: readonly DescribedCollection[]
}[] = [
  { name: 'an empty deployment', collections: [] },
  { name: 'a blog', collections: blogCollections },
  { name: 'a field of every type', collections: [everyField] },
  { name: 'every way to sign in', collections: [everySignIn] },
  { name: 'odd names', collections: oddNames },
  { name: 'a hundred collections', collections: hundredCollections },
]

const cases = deployments.flatMap(({ name, collections }) =>
  (['superuser', 'public'] as const).map((audience) => ({ name, collections, audience })),
)

/** The document as clients receive it. */
function documentOf(
  collections: readonly DescribedCollection[],
  audience: Audience,
  names?: readonly string[],
) {
  const text = JSON.stringify(describeApi(catalogOf(collections, 'public'), { audience, names }))
  return { text, document: JSON.parse(text) as Document }
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId: string }>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

interface Schema {
  readonly properties: Readonly<Record<string, { properties?: Readonly<Record<string, object>> }>>
  readonly required?: readonly string[]
}

describe.for(cases)('the document of $name for a $audience', ({ collections, audience }) => {
  it('is valid by the schema of OpenAPI 3.1', async ({ expect }) => {
    const { text } = documentOf(collections, audience)

    const result = await new Validator().validate(JSON.parse(text) as Record<string, unknown>)

    expect(result.errors ?? []).toEqual([])
    expect(result.valid).toBe(true)
  })

  it('passes the recommended rules of Redocly without a warning', async ({ expect }) => {
    const { text } = documentOf(collections, audience)
    const config = await createConfig({
      extends: ['recommended'],
      // A deployment has no licence of its own. Webhooks have both `{id}/deliveries` and `deliveries/{id}`.
      rules: { 'info-license': 'off', 'no-ambiguous-paths': 'off' },
    })

    const problems = await lintFromString({ source: text, config })

    expect(problems.map(({ message, location: [at] }) => `${at?.pointer}: ${message}`)).toEqual([])
  })
})

describe('the document', () => {
  it('has what superusers may know only for them', ({ expect }) => {
    const all = documentOf([...blogCollections, everySignIn], 'superuser').text
    const open = documentOf([...blogCollections, everySignIn], 'public').text
    const secrets = ['locked', 'treasure', 'note', '@request.auth', 'front page', '_superusers']

    expect(secrets.filter((secret) => !all.includes(secret))).toEqual([])
    expect(secrets.filter((secret) => open.includes(secret))).toEqual([])
    expect(open).not.toMatch(
      /\/api\/(?:settings|collections\/\{|logs|backups|crons|sql|rules|webhooks|functions|schema)/,
    )
    expect(open).not.toContain('webhook')
    expect(all).toContain('posts.changed')
    for (const text of [all, open]) {
      expect(text).not.toContain('the secret of the provider')
      expect(text).not.toContain('tokenKey')
    }
  })

  it('leaves operations with a locked rule out for the public', ({ expect }) => {
    const { paths } = documentOf(blogCollections, 'public').document

    const operations = Object.values(paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    )

    expect(operations.filter((id) => id.startsWith('posts_')).toSorted()).toEqual([
      'posts_create',
      'posts_list',
      'posts_update',
      'posts_view',
    ])
  })

  it('leaves out the bodies of operations it leaves out', ({ expect }) => {
    const closed = blogCollections.map((one) => ({ ...one, createRule: null, updateRule: null }))

    const { schemas } = documentOf(closed, 'public').document.components

    expect(Object.keys(schemas)).toContain('posts.record')
    expect(Object.keys(schemas).filter((name) => /^posts\.(?:create|update)/.test(name))).toEqual(
      [],
    )
  })

  it('knows which related records are one and which are many', ({ expect }) => {
    const { schemas } = documentOf(blogCollections, 'public').document.components

    expect(schemas['posts.record']?.properties['expand']?.properties).toEqual({
      author: { $ref: '#/components/schemas/users.record' },
      comments_via_post: { type: 'array', items: { $ref: '#/components/schemas/comments.record' } },
      profiles_via_post: { $ref: '#/components/schemas/profiles.record' },
    })
  })

  it('requires what a new record needs, but not what the server makes up', ({ expect }) => {
    const { schemas } = documentOf([everyField, everySignIn], 'public').document.components

    expect(schemas['everything.create']?.required).toEqual(['needed'])
    expect(schemas['everything.update']?.required).toBeUndefined()
    expect(schemas['members.createForm']?.required?.toSorted()).toEqual([
      'email',
      'password',
      'passwordConfirm',
      'photo',
    ])
  })

  it('narrows to named collections, and says nothing about names it does not know', ({
    expect,
  }) => {
    const narrowed = documentOf(blogCollections, 'public', ['posts', 'locked', 'missing'])
    const alone = documentOf(blogCollections, 'public', ['posts'])

    expect(narrowed.text).toBe(alone.text)
    expect(Object.keys(alone.document.paths)).toContain('/api/collections/posts/records')
    expect(Object.keys(alone.document.paths)).not.toContain('/api/collections/users/records')
  })

  it('gives every operation an id of its own', ({ expect }) => {
    const { paths } = documentOf([...blogCollections, ...oddNames], 'superuser').document
    const ids = Object.values(paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    )

    expect(new Set(ids).size).toBe(ids.length)
  })
})
