import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, onTestFinished } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'

const asNode20 = `Object.defineProperty(process, 'versions', {
  value: { ...process.versions, node: '20.0.0' },
})`

/** Runs a program in a folder as an old Node would. */
function runWithOldNode(folder: string) {
  const program = join(folder, 'deep/program.mjs')
  const module = join(projectFolder, 'scripts/continue-with-node.mjs')
  mkdirSync(join(folder, 'deep'))
  writeFileSync(
    program,
    `import { continuesWithNewerNode } from ${JSON.stringify(module)}
    if (!continuesWithNewerNode(import.meta.dirname)) console.log('went on')`,
  )
  const preload = `data:text/javascript,${encodeURIComponent(asNode20)}`
  const args = ['--import', preload, program, 'an argument']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { status, stdout, stderr }
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'arete-node-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true })
  return folder
}

describe('a Node that is too old', () => {
  it('hands the command to the one that npm installed, and ends as that does', ({ expect }) => {
    const folder = makeFolder()
    const installed = join(folder, 'node_modules/.bin/node')
    writeFileSync(installed, '#!/bin/sh\necho "$@"\nexit 7\n', { mode: 0o755 })

    const outcome = runWithOldNode(folder)

    expect(outcome).toMatchObject({ status: 7, stderr: '' })
    expect(outcome.stdout).toMatch(/deep\/program\.mjs an argument\n$/)
  })

  it('says what to do where there is none', ({ expect }) => {
    const outcome = runWithOldNode(makeFolder())

    expect(outcome).toMatchObject({ status: 1, stdout: '' })
    expect(outcome.stderr).toContain('Arete needs Node 24 or newer')
  })

  it('says so where the installed one is itself', ({ expect }) => {
    const folder = makeFolder()
    symlinkSync(process.execPath, join(folder, 'node_modules/.bin/node'))

    const outcome = runWithOldNode(folder)

    expect(outcome).toMatchObject({ status: 1, stdout: '' })
    expect(outcome.stderr).toContain('Arete needs Node 24 or newer')
  })
})
