import { describe, it } from 'vitest'
import { readMigrations } from '#cli/schema/migrations/read-migrations.ts'

/** Runs the body of one migration. */
function migrated(body: string, ...others: readonly string[]) {
  const files = [body, ...others].map((each, n) => ({
    name: `${n}.js`,
    text: `migrate((app) => {\n${each}\n}, (app) => { throw new Error('down') })`,
  }))
  const { collections, skipped } = readMigrations(files)
  return { posts: collections.find(({ name }) => name === 'posts'), collections, skipped }
}

const create = `app.save(new Collection({ name: 'posts', type: 'base', fields: [
  { type: 'text', name: 'title', id: 'a' }, { type: 'number', name: 'size', id: 'b' },
] }))`

const fieldNames = (definition: Readonly<Record<string, unknown>> | undefined) =>
  (definition?.['fields'] as { name: string }[] | undefined)?.map(({ name }) => name)

describe('readMigrations', () => {
  it.for([
    {
      name: 'adds a field at a place',
      body: `c.fields.addAt(1, new Field({ type: 'bool', name: 'done' }))`,
      fields: ['id', 'done', 'title', 'size'],
    },
    {
      name: 'moves a field that it replaces at a place',
      body: `c.fields.addAt(1, new Field({ type: 'number', name: 'big', id: 'b' }))`,
      fields: ['id', 'big', 'title'],
    },
    {
      name: 'replaces a field by its name, if it has no id',
      body: `c.fields.add(new TextField({ name: 'title', max: 5 }), new BoolField({ name: 'x' }))`,
      fields: ['id', 'title', 'size', 'x'],
    },
    {
      name: 'removes fields by id and by name',
      body: `c.fields.removeById('a'); c.fields.removeByName('size')`,
      fields: ['id'],
    },
    {
      name: 'changes a field in place',
      body: `c.fields.getByName('title').name = 'headline'`,
      fields: ['id', 'headline', 'size'],
    },
    {
      name: 'runs what people add: loops, conditions, functions, templates',
      body: `
        const more = (n) => ({ name: \`extra_\${n}\`, ...(n > 1 ? { type: 'bool' } : { type: 'text' }) })
        for (const n of [1, 2, 3].filter((each) => each !== 3)) { c.fields.add(new Field(more(n))) }
        let count = 0
        while (true) { count++; if (count > 3) break }
        try { app.findCollectionByNameOrId('nothing') } catch (error) { c.fields.removeById('b') }`,
      fields: ['id', 'title', 'extra_1', 'extra_2'],
    },
  ])('$name', ({ body, fields }, { expect }) => {
    const { posts, skipped } = migrated(
      create,
      `const c = app.findCollectionByNameOrId('posts')\n${body}\nreturn app.save(c)`,
    )

    expect(skipped).toEqual([])
    expect(fieldNames(posts)).toEqual(fields)
  })

  it('changes rules, options and indexes, and deletes', ({ expect }) => {
    const { posts, collections, skipped } = migrated(
      create,
      `const c = app.findCollectionByNameOrId('POSTS')
      c.listRule = "title = 'x'"
      unmarshal({ viewRule: '' }, c)
      c.addIndex('one', true, 'title', "title != ''")
      c.addIndex('two', false, 'size')
      c.removeIndex('two')
      app.save(c)
      const users = app.findCollectionByNameOrId('users')
      unmarshal({ mfa: { enabled: true } }, users)
      users.authToken.duration = 60
      app.save(users)
      app.save(new Collection({ name: 'brief' }))
      app.delete(app.findCollectionByNameOrId('brief'))`,
    )

    const users = collections.find(({ name }) => name === 'users')
    expect(skipped).toEqual([])
    expect(posts).toMatchObject({
      listRule: "title = 'x'",
      viewRule: '',
      indexes: ["CREATE UNIQUE INDEX `one` ON `posts` (title) WHERE title != ''"],
    })
    expect(users).toMatchObject({
      mfa: { enabled: true, duration: 600 },
      authToken: { duration: 60 },
    })
    expect(collections.some(({ name }) => name === 'brief')).toBe(false)
  })

  it('names the statements that are not about definitions, and goes on', ({ expect }) => {
    const { posts, skipped } = migrated(`
      ${create.replaceAll('\n', ' ')}
      app.db().newQuery("UPDATE posts SET title = 'x'").execute()
      const record = new Record(app.findCollectionByNameOrId('posts'))
      record.set('title', 'y')
      app.save(record)
      if (true) { $os.remove('/') }
      const c = app.findCollectionByNameOrId('posts')
      c.listRule = ''
      app.save(c)`)

    expect(posts).toMatchObject({ listRule: '' })
    expect(skipped).toEqual([
      '0.js:4: app.db().newQuery("UPDATE posts SET title = \'x\'").execute() (app.db is no part of definitions)',
      "0.js:5: const record = new Record(app.findCollectionByNameOrId('posts')) (Record is not known)",
      "0.js:6: record.set('title', 'y') (record is not known)",
      '0.js:7: app.save(record) (record is not known)',
      "0.js:8: $os.remove('/') ($os is not known)",
    ])
  })

  it.for([
    { name: 'throws', body: `throw new Error('no')`, reason: 'no' },
    {
      name: 'looks for a collection that does not exist',
      body: `app.findCollectionByNameOrId('nothing')`,
      reason: 'There is no collection nothing.',
    },
    {
      name: 'saves a second collection of one name',
      body: `app.save(new Collection({ name: 'POSTS' }))`,
      reason: 'There is a collection POSTS already.',
    },
    {
      name: 'saves a field of an unknown type',
      body: `app.save(new Collection({ name: 'x', fields: [{ type: 'spell', name: 'y' }] }))`,
      reason: /unknown field type/,
    },
    { name: 'is no JavaScript', body: `const const`, reason: /Unexpected|keyword/ },
  ])('leaves out a migration as a whole that $name', ({ body, reason }, { expect }) => {
    const { posts, collections, skipped } = migrated(
      create,
      `app.save(new Collection({ name: 'before' }))\n${body}`,
    )

    expect(posts).toBeDefined()
    expect(collections.some(({ name }) => name === 'before')).toBe(false)
    expect(skipped).toEqual([expect.stringMatching(reason)])
    expect(skipped[0]).toMatch(/^1\.js: /)
  })

  it.for([
    { name: 'a constructor', body: `[].constructor.constructor('return process')().exit(7)` },
    { name: 'a constructor of a function', body: `migrate.constructor('return process')()` },
    { name: 'a constructor of a text', body: `''.constructor.constructor('return 1')()` },
    { name: 'a prototype', body: `({}).__proto__.polluted = 1` },
    { name: 'a prototype of a list', body: `[].__proto__.polluted = 1` },
    {
      name: 'a prototype by a computed name',
      body: `const p = '__pro' + 'to__'; [][p].polluted = 1`,
    },
    { name: 'a getter', body: `app.__defineGetter__('x', () => 1)` },
    { name: 'this', body: `this.process.exit(7)` },
    { name: 'globalThis', body: `globalThis.process.exit(7)` },
    { name: 'process', body: `process.exit(7)` },
    { name: 'require', body: `require('child_process').execSync('true')` },
    { name: 'require in PocketBase', body: `require(\`\${__hooks}/x.js\`)` },
    { name: 'an import', body: `import('node:fs').then((fs) => fs.rmSync('/'))` },
    { name: 'fetch', body: `fetch('http://127.0.0.1:1')` },
    { name: 'requests of PocketBase', body: `$http.send({ url: 'http://127.0.0.1:1' })` },
    { name: 'files of PocketBase', body: `$os.readFile('/etc/passwd')` },
    { name: 'eval', body: `eval('1')` },
    { name: 'a template function', body: 'String.raw`x`' },
    {
      name: 'a caught error',
      body: `try { null.x } catch (e) { e.constructor.constructor('x')() }`,
    },
    { name: 'a class', body: `class X { static { process.exit(7) } }` },
    { name: 'an async function', body: `(async () => { await 1 })()` },
  ])('gives a script no way out by $name', ({ body }, { expect }) => {
    const { posts, skipped } = migrated(`${body}\n${create}`)

    expect(skipped).toHaveLength(1)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(Reflect.get([], 'polluted')).toBeUndefined()
    // A failure leaves the migration out, a skipped statement does not.
    expect(posts === undefined).toBe(skipped[0]?.startsWith('0.js: '))
  })

  it.for([
    { name: 'a loop', body: `while (true) {}` },
    { name: 'a recursion', body: `const f = () => f(); f()` },
    { name: 'a growing text', body: `let t = 'x'; while (true) { t = t + t }` },
    { name: 'a growing list', body: `let l = [1]; while (true) { l = [...l, ...l] }` },
    { name: 'a growing list in place', body: `const l = [1]; while (true) { l.push(...l) }` },
    {
      name: 'a document of shared parts',
      body: `let o = {}; for (let i = 0; i < 60; i++) { o = { a: o, b: o } }
        app.importCollections([o], false)`,
    },
    { name: 'an endless document', body: `const o = {}; o.o = o; JSON.stringify(o)` },
    { name: 'a deep expression', body: `${'['.repeat(5000)}${']'.repeat(5000)}` },
  ])('ends $name', ({ body }, { expect }) => {
    const { skipped } = migrated(body)

    expect(skipped).toHaveLength(1)
  })

  it('keeps the control characters of a file from the terminal', ({ expect }) => {
    const { skipped } = migrated(`nothing('\u001B[2J${'x'.repeat(200)}')`)

    // oxlint-disable-next-line no-control-regex -- that is the point
    expect(skipped[0]).not.toMatch(/[\u0000-\u001F]/)
    expect(skipped[0]?.length).toBeLessThan(140)
  })
})
