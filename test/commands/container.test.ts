/* Builds the image of the Dockerfile by its steps, in a clean folder, and runs it. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, it, onTestFinished } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { freePort, runToEnd, waitUntilAnswering } from '../parity/servers/child-process.ts'
import { type BuiltImage, buildImage, imageEnvironment } from '../support/container.ts'

let folder = ''
let image: BuiltImage

/** Copies what `docker build` would send: all that Git knows, except what .dockerignore names. */
async function copyContext(target: string): Promise<void> {
  const ignored = (await readFile(join(projectFolder, '.dockerignore'), 'utf8')).split('\n')
  const list = ['ls-files', '--cached', '--others', '--exclude-standard']
  const files = execFileSync('git', list, { cwd: projectFolder, encoding: 'utf8' })
  for (const file of files.split('\n').filter((name) => name !== '')) {
    const isIgnored = ignored.some((path) => path !== '' && `${file}/`.startsWith(`${path}/`))
    if (isIgnored) continue
    await mkdir(dirname(join(target, file)), { recursive: true })
    await cp(join(projectFolder, file), join(target, file))
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arete-image-'))
  const [context, stages] = [join(folder, 'context'), join(folder, 'stages')]
  await mkdir(stages)
  await copyContext(context)
  const dockerfile = await readFile(join(projectFolder, 'Dockerfile'), 'utf8')
  image = await buildImage(dockerfile, context, stages)
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

describe('the image', () => {
  it('runs the Node of the project, as a user without rights', ({ expect }) => {
    expect(image.base).toBe(`node:${process.versions.node.split('.')[0]}-slim`)
    expect(image.user).toBe('node')
    expect(image.volumes).toEqual(['/data'])
  })

  it('holds the server and little else', async ({ expect }) => {
    const files = await readdir(image.root, { recursive: true, withFileTypes: true })
    const sizes = files
      .filter((file) => file.isFile())
      .map((file) => statSync(join(file.parentPath, file.name)).size)
    const mebibytes = sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20
    // node:24-slim takes about 200 of the 250 MB that the image may have.
    expect(mebibytes).toBeLessThan(40)
  })

  it('serves, is healthy, and stops when told to', async ({ expect }) => {
    const [program = '', ...args] = image.command
    const port = await freePort()
    const env: Record<string, string> = {
      ...imageEnvironment(),
      ...image.environment,
      HOST: '127.0.0.1',
      PORT: String(port),
    }
    const server = spawn(program, args, { cwd: image.workingFolder, env, stdio: 'pipe' })
    let output = ''
    server.stdout.on('data', (text) => (output += String(text)))
    server.stderr.on('data', (text) => (output += String(text)))
    onTestFinished(() => void server.kill('SIGKILL'))
    const ended = once(server, 'close')
    const origin = `http://127.0.0.1:${port}`
    await waitUntilAnswering(`${origin}/api/health`, () => server.exitCode === null)

    const [check = '', ...checkArgs] = image.healthCheck
    await runToEnd(check, checkArgs, { env })
    const dashboard = await fetch(`${origin}/_/`)
    server.kill('SIGTERM')

    expect(await ended).toEqual([0, null])
    expect(output).toContain('/_/setup#')
    // sharp is there.
    expect(output).not.toContain('no thumbnails')
    expect(dashboard.status).toBe(200)
    expect(await readdir(env['DATA'] ?? '')).toContain('data.db')
  })

  it('is unhealthy without a server', async ({ expect }) => {
    const [check = '', ...args] = image.healthCheck
    const env = { ...imageEnvironment(), PORT: String(await freePort()) }
    await expect(runToEnd(check, args, { env })).rejects.toThrow('ended with 1')
  })
})
