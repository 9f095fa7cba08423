import { mkdir, writeFile } from 'node:fs/promises'
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  request,
  type RequestOptions,
} from 'node:http'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createNodeHost, type NodeHost } from '#adapters/node/node-host.ts'
import { readMigrations } from '#cli/deployment/migrations.ts'
import { createRewriteOrigin } from '#serve/network-origin.ts'
import { startServer } from '#serve/server.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A server over a new folder. */
export interface ServedTrial {
  readonly host: NodeHost
  readonly port: number
  readonly dataFolder: string
  readonly publicFolder: string
  stop(): Promise<void>
  /** Sends a path unchanged; `fetch` would resolve its dots. */
  send(path: string, options?: RequestOptions): Promise<ServedResponse>
}

/** A whole response. */
export interface ServedResponse {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Serves a new data folder and these static files until the test ends. */
export async function serveTrial(
  files: Readonly<Record<string, string>> = {},
): Promise<ServedTrial> {
  const folder = await temporaryFolder()
  const [dataFolder, publicFolder] = [join(folder, 'data'), join(folder, 'public')]
  await mkdir(publicFolder)
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(publicFolder, path)), { recursive: true })
    await writeFile(join(publicFolder, path), content)
  }
  const migrations = await readMigrations()
  const host = await createNodeHost({ folder: dataFolder, migrations, passwordCost: 'test' })
  const rewriteOrigin = createRewriteOrigin([])
  const server = await startServer(host, {
    host: '127.0.0.1',
    port: 0,
    publicFolder,
    rewriteOrigin,
  })
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= server.stop())
  onTestFinished(stop)
  const { port } = server
  return {
    host,
    port,
    dataFolder,
    publicFolder,
    stop,
    async send(path, options = {}) {
      const sent = request({ port, path, agent: false, ...options })
      const response = responseTo(sent)
      sent.end()
      return await response
    },
  }
}

/** Reads the response of a request to its end. */
export async function responseTo(sent: ClientRequest): Promise<ServedResponse> {
  return await new Promise((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body }),
      )
    })
  })
}
