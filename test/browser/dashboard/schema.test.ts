import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings } from './dashboard.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

async function addField(page: Page, type: string, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Add field' }).click()
  await page.getByRole('menuitem', { name: type, exact: true }).click()
  await page.keyboard.type(name)
}

interface FieldWithOptions {
  readonly type: string
  readonly name: string
  readonly inputs?: Readonly<Record<string, string>>
  readonly switches?: readonly RegExp[]
  readonly stored: object
}

/** A field of each type with all of its options. */
const fieldsWithOptions: readonly FieldWithOptions[] = [
  {
    type: 'Text',
    name: 'a_text',
    inputs: {
      'Minimum length': '2',
      'Maximum length': '50',
      'Pattern that values must match': String.raw`^\w+$`,
      'Pattern to make values from': '[a-z0-9]{8}',
      'Help text': 'Eight letters.',
    },
    switches: [/^Required/, /^Unique/, /^Presentable/],
    stored: {
      min: 2,
      max: 50,
      pattern: String.raw`^\w+$`,
      autogeneratePattern: '[a-z0-9]{8}',
      help: 'Eight letters.',
      required: true,
      presentable: true,
    },
  },
  {
    type: 'Number',
    name: 'a_number',
    inputs: { Minimum: '-3', Maximum: '900' },
    switches: [/^Whole numbers/, /^Hidden/],
    stored: { min: -3, max: 900, onlyInt: true, hidden: true },
  },
  { type: 'Yes or no', name: 'a_bool', switches: [/^Required/], stored: { required: true } },
  {
    type: 'Date',
    name: 'a_date',
    inputs: { Minimum: '2026-01-01 00:00:00.000Z', Maximum: '2026-12-31 00:00:00.000Z' },
    stored: { min: '2026-01-01 00:00:00.000Z', max: '2026-12-31 00:00:00.000Z' },
  },
  {
    type: 'Choice',
    name: 'a_choice',
    inputs: { Choices: 'red\ngreen\nblue', 'Most values': '2' },
    stored: { values: ['red', 'green', 'blue'], maxSelect: 2 },
  },
  {
    type: 'Relation',
    name: 'a_relation',
    inputs: { 'Related collection': 'users', 'Fewest values': '1', 'Most values': '4' },
    switches: [/^Delete the record/],
    stored: { minSelect: 1, maxSelect: 4, cascadeDelete: true },
  },
  {
    type: 'File',
    name: 'a_file',
    inputs: {
      'Most values': '3',
      'Maximum size in bytes': '9000',
      'Media types that are accepted': 'image/png\nimage/webp',
      'Sizes of thumbnails': '100x100\n0x200',
    },
    switches: [/^Files need a token/],
    stored: {
      maxSelect: 3,
      maxSize: 9000,
      mimeTypes: ['image/png', 'image/webp'],
      thumbs: ['100x100', '0x200'],
      protected: true,
    },
  },
  {
    type: 'Rich text',
    name: 'a_rich_text',
    inputs: { 'Maximum size in bytes': '7000' },
    switches: [/^Write addresses/],
    stored: { maxSize: 7000, convertURLs: true },
  },
  {
    type: 'Email',
    name: 'an_email',
    inputs: { 'Domains that are accepted': 'example.com\nexample.org' },
    stored: { onlyDomains: ['example.com', 'example.org'] },
  },
  {
    type: 'URL',
    name: 'an_address',
    inputs: { 'Domains that are refused': 'example.net' },
    stored: { exceptDomains: ['example.net'] },
  },
  {
    type: 'JSON',
    name: 'a_json',
    inputs: { 'Maximum size in bytes': '500' },
    stored: { maxSize: 500 },
  },
  { type: 'Geo point', name: 'a_point', switches: [/^Required/], stored: { required: true } },
  {
    type: 'Time stamp',
    name: 'a_stamp',
    switches: [/^Set when a record is changed/],
    stored: { onCreate: true, onUpdate: true },
  },
  {
    type: 'Password',
    name: 'a_password',
    inputs: {
      'Minimum length': '4',
      'Maximum length': '60',
      'Pattern that values must match': '^[a-z]+$',
      'Cost of the bcrypt hash': '12',
    },
    stored: { min: 4, max: 60, pattern: '^[a-z]+$', cost: 12 },
  },
]

/** The state of all options that are open. */
async function optionsShown(page: Page): Promise<unknown> {
  return await page.evaluate(`
    [...document.querySelectorAll('[role=group][aria-label^="Options of"]')].map((group) => [
      group.getAttribute('aria-label'),
      ...[...group.querySelectorAll('input, textarea, select')].map((input) => [
        input.labels[0].textContent,
        input.type === 'checkbox' ? input.checked : input.value,
      ]),
    ])
  `)
}

describe('S9 new collection', () => {
  it('S9 makes a collection with fields and open rules', async ({ expect }) => {
    const { page, complaints, strays } = await openDashboard(browser, deployment, '/')

    await page.getByRole('link', { name: 'New collection' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('notes')
    await addField(page, 'Text', 'title')
    await addField(page, 'Number', 'stars')
    await page.getByLabel(/^Everyone may read and write/).check()
    await page.getByRole('button', { name: 'Create collection' }).click()
    await page.waitForURL(`${deployment.origin}/_/c/notes`)

    const { fields, listRule, deleteRule } = await deployment.admin.collections.getOne('notes')
    expect(fields.map(({ name }) => name)).toEqual(['id', 'title', 'stars', 'created', 'updated'])
    expect({ listRule, deleteRule }).toEqual({ listRule: '', deleteRule: '' })
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('S9.1 saves every type of field with every option, and shows them again', async ({
    expect,
  }) => {
    const { page, complaints } = await openDashboard(browser, deployment, '/c/new')
    await page.getByLabel('Name', { exact: true }).fill('everything')

    for (const { type, name, inputs = {}, switches = [] } of fieldsWithOptions) {
      await addField(page, type, name)
      const options = page.getByRole('group', { name: `Options of ${name}`, exact: true })
      if (!(await options.isVisible())) {
        await page.getByRole('button', { name: `Options of ${name}`, exact: true }).click()
      }
      for (const [label, value] of Object.entries(inputs)) {
        const input = options.getByLabel(label, { exact: true })
        if (label === 'Related collection') await input.selectOption({ label: value })
        else await input.fill(value)
      }
      for (const label of switches) await options.getByLabel(label).check()
    }
    const typed = await optionsShown(page)
    await page.getByRole('button', { name: 'Create collection' }).click()
    await page.waitForURL(`${deployment.origin}/_/c/everything`)
    await page.goto(`${deployment.origin}/_/c/everything/schema/fields`)
    for (const { name } of fieldsWithOptions) {
      await page.getByRole('button', { name: `Options of ${name}`, exact: true }).click()
    }

    expect(await optionsShown(page)).toEqual(typed)
    const { fields } = await deployment.admin.collections.getOne('everything')
    const stored = new Map(fields.map((field) => [field.name, field]))
    for (const { name, stored: expected } of fieldsWithOptions) {
      expect(stored.get(name)).toMatchObject(expected)
    }
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('S9 begins with a template, and moves, duplicates and restores fields', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/new')
    await page.getByLabel('Name', { exact: true }).fill('tasks')
    await page.getByLabel(/^Records that belong to an account/).check()
    const names = page.getByLabel(/^Name of the (new )?field$/)
    expect(await Promise.all((await names.all()).map((one) => one.inputValue()))).toEqual([
      'title',
      'owner',
      'created',
      'updated',
    ])

    await page.getByRole('button', { name: 'Create collection' }).click()
    await page.waitForURL(`${deployment.origin}/_/c/tasks`)
    await page.goto(`${deployment.origin}/_/c/tasks/schema/fields`)
    await page.getByRole('button', { name: 'More for owner' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await page.getByText('owner will be removed').waitFor()
    await page.getByRole('button', { name: 'Restore' }).click()
    const rows = page.getByRole('listitem').filter({ has: page.getByRole('textbox') })
    await rows.nth(1).locator('[draggable]').dragTo(rows.nth(0))
    await page.getByRole('button', { name: 'More for title' }).click()
    await page.getByRole('menuitem', { name: 'Duplicate' }).click()
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('dialog').getByText('Adds the field title_copy').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved.').waitFor()

    const { fields, listRule } = await deployment.admin.collections.getOne('tasks')
    expect(fields.map(({ name }) => name)).toEqual([
      'id',
      'owner',
      'title',
      'title_copy',
      'created',
      'updated',
    ])
    expect(listRule).toBe('owner = @request.auth.id')
    await page.context().close()
  })

  it('S9.4 shows the errors of the server at their fields, and opens the options', async ({
    expect,
  }) => {
    const { page } = await openDashboard(browser, deployment, '/c/new')

    await page.getByLabel('Name', { exact: true }).fill('not valid')
    await addField(page, 'Choice', 'state')
    await page.getByRole('button', { name: 'Options of state' }).click()
    await page.getByRole('button', { name: 'Create collection' }).click()
    await page.getByRole('alert').waitFor()

    const choices = page.getByLabel('Choices')
    expect(await choices.getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByLabel('Name', { exact: true }).getAttribute('aria-invalid')).toBe('true')
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it.for(surroundings)('has no obstacles on $name', async (around, { expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/new', optionsOf(around))
    await addField(page, 'Relation', 'author')
    await page.getByText('Each rule').click()
    await page.getByLabel('By rule').first().check()

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})

describe('S9 and S11 changes to a collection', () => {
  it('S9.2 keeps values when a field is renamed, and S9.5 deletes by the typed name', async ({
    expect,
  }) => {
    await deployment.admin.collections.create({
      name: 'drafts',
      type: 'base',
      fields: [{ name: 'title', type: 'text' }],
    })
    const { id } = await deployment.admin.collection('drafts').create({ title: 'Kept' })
    const { page } = await openDashboard(browser, deployment, '/c/drafts/schema/fields')

    await page.getByLabel('Name of the field').first().fill('headline')
    await page.getByRole('button', { name: 'Save changes' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Renames the field title to headline').waitFor()
    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved.').waitFor()
    const renamed = await deployment.admin.collection('drafts').getOne(id)

    await page.goto(`${deployment.origin}/_/c/drafts/schema/options`)
    await page.getByRole('button', { name: 'Delete collection' }).click()
    await dialog.getByText('1 record will be deleted').waitFor()
    await page.getByLabel('Type drafts to confirm').fill('drafts')
    await dialog.getByRole('button', { name: 'Delete collection' }).click()
    await page.waitForURL(`${deployment.origin}/_/c`)

    expect(renamed['headline']).toBe('Kept')
    const names = (await deployment.admin.collections.getFullList()).map(({ name }) => name)
    expect(names).not.toContain('drafts')
    await page.context().close()
  })
})

describe('S9 what a change does', () => {
  it('S9.3 counts the values that go with a field, and saves only when that is ticked', async ({
    expect,
  }) => {
    const { admin } = deployment
    const { id } = await admin.collections.create({
      name: 'books',
      type: 'base',
      listRule: "isbn != ''",
      fields: [
        { name: 'isbn', type: 'text' },
        { name: 'pages', type: 'number' },
      ],
    })
    await admin.collections.create({
      name: 'loans',
      type: 'base',
      listRule: "book.isbn != ''",
      fields: [{ name: 'book', type: 'relation', collectionId: id }],
    })
    for (const isbn of ['1', '2', '']) await admin.collection('books').create({ isbn, pages: 9 })
    const { page } = await openDashboard(browser, deployment, '/c/books/schema/fields')

    await page.getByRole('button', { name: 'Options of pages' }).click()
    await page.getByLabel('Maximum', { exact: true }).fill('5')
    await page.getByRole('button', { name: 'More for isbn' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await page.getByRole('link', { name: 'Rules', exact: true }).click()
    await page.getByRole('group', { name: 'List' }).getByLabel('Superusers only').check()
    await page.getByRole('button', { name: 'Save changes' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Removes the field isbn: 2 records lose a value').waitFor()
    await dialog.getByText('loans, rule List').waitFor()
    await dialog.getByText('3 stored records break the new limits').waitFor()
    const save = dialog.getByRole('button', { name: 'Save changes' })
    await save.press('Enter')
    expect(await save.getAttribute('aria-disabled')).toBe('true')
    expect(await violations(page)).toEqual([])
    await dialog.getByLabel(/^Removes the field isbn/).check()
    expect(await save.getAttribute('aria-disabled')).toBe('true')
    await dialog.getByLabel(/^Changes pages/).check()
    await save.click()
    await page.getByText('Saved.').waitFor()

    const { fields, listRule } = await admin.collections.getOne('books')
    expect(fields.map(({ name }) => name)).toEqual(['id', 'pages'])
    expect(listRule).toBe(null)
    await page.context().close()
  })

  it('S9.5 deletes all records by the typed name, and says where they are referred to', async ({
    expect,
  }) => {
    const { admin } = deployment
    const { id } = await admin.collections.create({ name: 'rooms', type: 'base' })
    await admin.collections.create({
      name: 'bookings',
      type: 'base',
      fields: [{ name: 'room', type: 'relation', collectionId: id }],
    })
    await admin.collection('rooms').create({})
    await admin.collection('rooms').create({})
    const { page } = await openDashboard(browser, deployment, '/c/rooms/schema/options')

    await page.getByRole('button', { name: 'Delete all records' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('2 records will be deleted').waitFor()
    await dialog.getByText('bookings.room').waitFor()
    const confirm = dialog.getByRole('button', { name: 'Delete all records' })
    expect(await confirm.getAttribute('aria-disabled')).toBe('true')
    await page.getByLabel('Type rooms to confirm').fill('rooms')
    await confirm.click()
    await page.getByText('All records of rooms were deleted.').waitFor()

    expect((await admin.collection('rooms').getList(1, 1)).totalItems).toBe(0)
    await page.context().close()
  })

  it('S9 saves nothing that was planned before another change, and then plans again', async ({
    expect,
  }) => {
    const { admin } = deployment
    const fields = [{ name: 'label', type: 'text' }]
    await admin.collections.create({ name: 'boxes', type: 'base', fields })
    await admin.collections.create({ name: 'crates', type: 'base', fields })
    await admin.collection('boxes').create({ label: 'Kept' })
    const { page, complaints } = await openDashboard(browser, deployment, '/c/boxes/schema/rules')
    await page.getByRole('group', { name: 'List' }).getByLabel('By rule').check()
    await page.getByRole('group', { name: 'List' }).locator('.cm-content').fill("label != ''")
    const save = page.getByRole('region', { name: 'Unsaved changes' }).getByRole('button', {
      name: 'Save changes',
    })
    await save.click()
    const dialog = page.getByRole('dialog', { name: 'What changes' })
    await dialog.getByText('Gives more callers access').waitFor()
    await admin.collections.update('crates', { listRule: '' })

    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('The deployment has changed since the plan was made.').waitFor()
    expect((await admin.collections.getOne('boxes')).listRule).toBe(null)
    await save.click()
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved.').waitFor()

    expect((await admin.collections.getOne('boxes')).listRule).toBe("label != ''")
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('S9.6 reports a definition that was changed meanwhile, by its parts', async ({ expect }) => {
    const { admin } = deployment
    await admin.collections.create({
      name: 'shelves',
      type: 'base',
      fields: [{ name: 'label', type: 'text' }],
    })
    const { page } = await openDashboard(browser, deployment, '/c/shelves/schema/fields')
    await page.getByLabel('Name of the field').first().fill('title')
    await admin.collections.update('shelves', { listRule: '' })

    await page.getByRole('button', { name: 'Save changes' }).click()
    const dialog = page.getByRole('dialog', { name: 'Someone else changed this collection' })
    await dialog.waitFor()
    expect(await dialog.getByRole('listitem').allTextContents()).toEqual(['listRule'])
    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Keep my changes' }).click()
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Renames the field label to title').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved.').waitFor()

    const { fields, listRule } = await admin.collections.getOne('shelves')
    expect(fields.map(({ name }) => name)).toContain('title')
    expect(listRule).toBe('')
    await page.context().close()
  })
})
