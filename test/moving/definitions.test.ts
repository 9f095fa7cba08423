import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type PocketBase from 'pocketbase'
import { describe, it, onTestFinished } from 'vitest'
import {
  type PocketBaseDefinitions,
  readPocketBaseDefinitions,
} from '#cli/schema/pocketbase-definitions.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { initialisePocketBase, startPocketBase, writeSnapshot } from './pocketbase-process.ts'

type Json = Readonly<Record<string, unknown>>

/** Makes, changes and deletes collections of all types, with fields of all types. */
async function changeCollections(
  { collections }: PocketBase,
  step: <T>(change: Promise<T>) => Promise<T>,
): Promise<void> {
  const authors = await step(
    collections.create({
      name: 'authors',
      type: 'base',
      listRule: '',
      fields: [
        { type: 'text', name: 'name', required: true, max: 100 },
        { type: 'email', name: 'mail', onlyDomains: ['example.com'] },
      ],
    }),
  )
  await step(
    collections.create({
      name: 'posts',
      type: 'base',
      listRule: 'title = "x" || @request.auth.id != ""',
      createRule: '',
      fields: [
        { type: 'text', name: 'title', pattern: String.raw`^[a-z\d"']+$`, hidden: true },
        { type: 'editor', name: 'body', convertURLs: true },
        { type: 'number', name: 'n', min: 0, max: 5.5, onlyInt: false },
        { type: 'bool', name: 'ok', presentable: true },
        { type: 'url', name: 'link', exceptDomains: ['example.org'] },
        { type: 'date', name: 'at', min: '2020-01-01 00:00:00.000Z' },
        { type: 'select', name: 'tags', values: ['a', 'b'], maxSelect: 2, help: 'Two\nlines' },
        { type: 'file', name: 'cover', mimeTypes: ['image/png'], thumbs: ['10x10'], maxSelect: 3 },
        { type: 'relation', name: 'author', collectionId: authors.id, cascadeDelete: true },
        { type: 'json', name: 'extra', maxSize: 10 },
        { type: 'geoPoint', name: 'place' },
        { type: 'password', name: 'pin', min: 4 },
        { type: 'autodate', name: 'created', onCreate: true },
      ],
      indexes: ['create unique index idx_a on posts (title, n) where n > 1'],
    }),
  )
  await step(
    collections.update('authors', {
      name: 'writers',
      listRule: '@request.auth.id != ""',
      fields: [
        { type: 'number', name: 'age' },
        { ...authors.fields.find(({ name }) => name === 'name'), name: 'full_name', max: 50 },
        { type: 'text', name: 'mail' },
      ],
    }),
  )
  await step(
    collections.create({
      name: 'names',
      type: 'view',
      viewQuery: 'SELECT id, full_name FROM writers',
      listRule: null,
    }),
  )
  await step(
    collections.create({
      name: 'members',
      type: 'auth',
      passwordAuth: { enabled: true, identityFields: ['email', 'handle'] },
      fields: [{ type: 'text', name: 'handle' }],
      indexes: ["CREATE UNIQUE INDEX `idx_handle` ON `members` (`handle`) WHERE `handle` != ''"],
    }),
  )
  await step(
    collections.update('members', {
      mfa: { enabled: true, duration: 100 },
      otp: { enabled: true },
      manageRule: 'id = "x"',
      authToken: { duration: 86_400 },
      resetPasswordTemplate: { subject: 'Again', body: '<p>{TOKEN}</p>' },
    }),
  )
  await step(collections.create({ name: 'brief', type: 'base' }))
  await step(collections.delete('brief'))
  await step(collections.update('posts', { indexes: [], updateRule: 'title != ""' }))
}

/**
 * Numbers the migrations in the order of the changes. PocketBase names them by the second, and orders
 * the migrations of one second by their names.
 */
function numbering(folder: string): <T>(change: Promise<T>) => Promise<T> {
  let count = 0
  return async (change) => {
    const changed = await change
    const names = (await readdir(folder)).filter((name) => !name.startsWith('0'))
    for (const name of names) {
      const number = String(count++).padStart(4, '0')
      await rename(join(folder, name), join(folder, name.replace(/^\d+/, number)))
    }
    return changed
  }
}

/** Compares definitions that were read with the ones that PocketBase answers. */
function differences({ collections }: PocketBaseDefinitions, real: readonly Json[]): string[] {
  return real.flatMap((there) => {
    const here = collections.find(({ id }) => id === there['id'])
    if (here === undefined) return [`${String(there['name'])} is missing`]
    return (
      Object.keys({ ...there, ...here })
        .filter((key) => !['created', 'updated', 'security', 'arete'].includes(key))
        // The query of a view makes its fields.
        .filter((key) => !(key === 'fields' && there['type'] === 'view'))
        .filter((key) => JSON.stringify(here[key]) !== JSON.stringify(there[key]))
        .map((key) => `${String(there['name'])}.${key}: ${JSON.stringify(here[key])}`)
    )
  })
}

/** The default texts of mails are Arete's own. No migration has the texts of an untouched collection. */
function isMailText(difference: string): boolean {
  return /^(?:_superusers|users)\.(?:authAlert|otp|\w+Template): /.test(difference)
}

describe('the definitions of a PocketBase', () => {
  it('are read from its migrations, its snapshot, its data and its export', async ({ expect }) => {
    const folder = await temporaryFolder()
    const data = join(folder, 'pb_data')
    await mkdir(data)
    await initialisePocketBase(data)
    const pocketBase = await startPocketBase(data, { automigrate: true })
    onTestFinished(() => pocketBase.stop())
    await changeCollections(pocketBase.client, numbering(join(folder, 'migrations')))
    const real = (await pocketBase.client.collections.getFullList()) as unknown as readonly Json[]
    await pocketBase.stop()
    const snapshots = join(folder, 'snapshots')
    await writeSnapshot(data, snapshots)
    // As the dashboard of PocketBase exports them.
    const exported = real.map(({ created: _, updated: __, ...definition }) => definition)
    await writeFile(join(folder, 'pb_schema.json'), JSON.stringify(exported, null, 4))

    const migrations = await readPocketBaseDefinitions(join(folder, 'migrations'))
    const [snapshot, stored, document] = await Promise.all(
      [snapshots, data, join(folder, 'pb_schema.json')].map(readPocketBaseDefinitions),
    )

    const names = await readdir(join(folder, 'migrations'))
    expect(names.map((name) => name.replace(/^\d+_/, ''))).toEqual([
      'created_authors.js',
      'created_posts.js',
      'updated_authors.js',
      'created_names.js',
      'created_members.js',
      'updated_members.js',
      'created_brief.js',
      'deleted_brief.js',
      'updated_posts.js',
    ])
    const all = [migrations, snapshot, stored, document]
    expect(all.map((read) => read?.skipped)).toEqual([[], [], [], []])
    expect(differences(migrations, real).filter((each) => !isMailText(each))).toEqual([])
    for (const read of [snapshot, stored, document]) {
      expect(read && differences(read, real)).toEqual([])
    }
    expect(migrations.collections).toHaveLength(real.length)
  })
})
