import { execFileSync } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { nodeFinding, secretFindings } from '#cli/doctor/examine-project.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

describe('the check of Node', () => {
  it.for([
    { version: '22.12.0', level: 'problem' },
    { version: '24.0.0', level: 'ok' },
    { version: '26.1.0', level: 'ok' },
  ])('reports $version as $level', ({ version, level }, { expect }) => {
    expect(nodeFinding(version)).toMatchObject({ id: 'node', level })
  })
})

/** A repository with local secrets. */
async function repository(ignored: string): Promise<string> {
  const folder = await temporaryFolder()
  execFileSync('git', ['init', '-q'], { cwd: folder })
  await writeFile(join(folder, '.gitignore'), ignored)
  await writeFile(join(folder, '.dev.vars'), 'SETTINGS_KEY="a key"\n', { mode: 0o600 })
  return folder
}

describe('the check of the local secrets', () => {
  it('finds nothing where Git ignores them', async ({ expect }) => {
    const findings = await secretFindings(await repository('.dev.vars\n'))

    expect(findings).toMatchObject([{ level: 'ok' }])
  })

  it('reports a repository that would keep them', async ({ expect }) => {
    const findings = await secretFindings(await repository('dist/\n'))

    expect(findings).toMatchObject([{ level: 'problem', id: 'dev-vars' }])
  })

  it('reports a file that others can read', async ({ expect }) => {
    const folder = await repository('.dev.vars\n')
    await chmod(join(folder, '.dev.vars'), 0o644)

    expect(await secretFindings(folder)).toMatchObject([{ level: 'warning', id: 'dev-vars' }])
  })

  it('is silent where there are none', async ({ expect }) => {
    expect(await secretFindings(await temporaryFolder())).toEqual([])
  })
})
