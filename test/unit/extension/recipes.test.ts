import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'vitest'

const project = join(import.meta.dirname, '../../..')
const page = readFileSync(join(project, 'docs/extending.md'), 'utf8')
const folder = join(project, 'test/recipes')

/** A chapter of the page. */
function chapter(title: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? ''
}

/** The code of a recipe as an application has it. */
function asDocumented(code: string): string {
  return code
    .replace("'#extension/index.ts'", "'arete'")
    .replace('export const app = defineApp', 'export default defineApp')
}

/** Every hook of PocketBase's JSVM. */
const hooksOfPocketBase = [
  ...['onBootstrap', 'onTerminate', 'onSettingsReload', 'onBackupCreate', 'onBackupRestore'],
  ...['Record', 'Collection', 'Model'].flatMap((model) => [
    `on${model}Validate`,
    ...['Create', 'Update', 'Delete'].flatMap((action) => [
      `on${model}${action}`,
      `on${model}${action}Execute`,
      `on${model}After${action}Success`,
      `on${model}After${action}Error`,
    ]),
  ]),
  ...['', 'RecordAuthAlert', 'RecordPasswordReset', 'RecordVerification'].map(mailHook),
  ...['RecordEmailChange', 'RecordOTP'].map(mailHook),
  ...['onRealtimeConnectRequest', 'onRealtimeSubscribeRequest', 'onRealtimeMessageSend'],
  ...['onRecordEnrich', 'onBatchRequest', 'onFileDownloadRequest', 'onFileTokenRequest'],
  ...['List', 'View', 'Create', 'Update', 'Delete'].flatMap((action) =>
    ['Record', 'Collection'].map(
      (model) => `on${model}${action === 'List' ? 's' : ''}${action}Request`,
    ),
  ),
  ...['onCollectionsImportRequest', 'onSettingsListRequest', 'onSettingsUpdateRequest'],
  ...['Auth', 'AuthRefresh', 'AuthWithPassword', 'AuthWithOAuth2', 'AuthWithOTP'].map(authHook),
  ...['RequestOTP', 'RequestPasswordReset', 'ConfirmPasswordReset'].map(authHook),
  ...['RequestVerification', 'ConfirmVerification'].map(authHook),
  ...['RequestEmailChange', 'ConfirmEmailChange'].map(authHook),
]

function mailHook(kind: string): string {
  return `onMailer${kind}Send`
}

function authHook(kind: string): string {
  return `onRecord${kind}Request`
}

describe('docs/extending.md', () => {
  it('shows the recipes as they are tested', ({ expect }) => {
    const blocks = [...chapter('Recipes').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
      ([, code]) => code,
    )
    const recipes = readdirSync(folder).map((name) =>
      asDocumented(readFileSync(join(folder, name), 'utf8')),
    )

    expect(recipes).toHaveLength(10)
    expect(new Set(blocks)).toEqual(new Set(recipes))
  })

  it.for(hooksOfPocketBase)('says what an application has for %s', (hook, { expect }) => {
    expect(chapter('From pb_hooks')).toContain(`\`${hook}\``)
  })
})
