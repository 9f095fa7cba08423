/*
 * The HTTP server of one's own host: the app over a data folder, its static files, its jobs, and an
 * orderly end.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { NodeHost } from '#adapters/node/node-host.ts'
import { openStaticFiles } from '#adapters/node/static-files.ts'
import type { Bindings } from '#http/app-env.ts'
import { createDeployment, type Extension } from '#app.ts'
import { createTimedLogBuffer } from './log-buffer.ts'
import { collectGarbage, collectWhenIdle } from './idle-collector.ts'
import { everyMinute } from './minute-timer.ts'
import type { RewriteOrigin } from './network-origin.ts'

/** Options of a server. */
export interface ServerOptions {
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  /** The folder of static files. */
  readonly publicFolder: string
  /** The folder whose `_` is the dashboard: that of static files. */
  readonly installedFolder?: string
  readonly rewriteOrigin: RewriteOrigin
  /** The additions of an application. */
  readonly extension?: Extension
  /** True if other threads listen on the same port; the system spreads connections over them. */
  readonly isPortShared?: boolean
  /** False if another thread runs the scheduled jobs. */
  readonly runsJobs?: boolean
}

/** A running server. */
export interface RunningServer {
  readonly port: number
  /**
   * Accepts no more requests, ends the event streams, and waits for requests and background work, but
   * not longer than a while. Other threads can still call this one.
   */
  drain(): Promise<void>
  /** Writes the logs and closes the data folder. */
  close(): Promise<void>
  /** Drains, and then closes. */
  stop(): Promise<void>
}

/** The time to send the headers of a request; a client that takes longer only holds a connection. */
const headersMilliseconds = 30_000
/** The time to send a whole request: an upload over a slow line. */
const requestMilliseconds = 60 * 60_000
/** Longer than proxies keep an idle connection, so that they close it first. */
const keepAliveMilliseconds = 75_000
/** The time that requests and background work have at the end. */
const drainMilliseconds = 10_000

/**
 * Serves the app. Closes the host if that fails.
 *
 * @throws {Error} With the code of `listen`, such as `EADDRINUSE`.
 */
export async function startServer(host: NodeHost, options: ServerOptions): Promise<RunningServer> {
  const { host: address, port, publicFolder, rewriteOrigin, extension } = options
  const { installedFolder = publicFolder, isPortShared = false, runsJobs = true } = options
  const { bindings, services, background } = host
  const logs = createTimedLogBuffer()
  const site = await openStaticFiles(publicFolder, installedFolder)
  const { app, jobs } = createDeployment({ ...services, logs, extension })
  const env: Bindings = { ...bindings, ASSETS: site.assets, STATES_ADDRESS: true }
  const listener = getRequestListener((request) => app.fetch(request, env, background), {
    hostname: address,
  })
  let isStopping = false

  const server = createServer(
    {
      headersTimeout: headersMilliseconds,
      requestTimeout: requestMilliseconds,
      keepAliveTimeout: keepAliveMilliseconds,
    },
    (incoming: IncomingMessage, outgoing: ServerResponse) => {
      rewriteOrigin(incoming)
      if (isStopping) outgoing.shouldKeepAlive = false
      if (!site.answer(incoming, outgoing)) void listener(incoming, outgoing)
    },
  )
  try {
    server.listen({ port, host: address, reusePort: isPortShared })
    await once(server, 'listening')
  } catch (error) {
    await host.close()
    throw error
  }

  const timer = runsJobs
    ? everyMinute((now) => background.waitUntil(jobs.run(env, now)))
    : undefined
  // Bun has another engine, without such a call.
  const collector =
    process.versions['bun'] === undefined
      ? collectWhenIdle(() => {
          collectGarbage()
          host.dropCaches()
        })
      : undefined

  async function drainAll(): Promise<void> {
    const closed = once(server, 'close')
    server.close()
    // A stream that ends leaves an idle connection, and a connection may open one more stream.
    const tidy = (): void => {
      services.realtime.close()
      server.closeIdleConnections()
    }
    tidy()
    const tidying = setInterval(tidy, 50)
    await closed
    clearInterval(tidying)
    await background.settled()
  }

  async function drain(): Promise<void> {
    isStopping = true
    timer?.stop()
    collector?.stop()
    const { promise: tooLate, resolve } = Promise.withResolvers<void>()
    const deadline = setTimeout(resolve, drainMilliseconds)
    await Promise.race([drainAll(), tooLate])
    clearTimeout(deadline)
    server.closeAllConnections()
  }

  async function close(): Promise<void> {
    await logs.flush()
    await host.close()
  }

  return {
    port: (server.address() as AddressInfo).port,
    drain,
    close,
    async stop() {
      await drain()
      await close()
    },
  }
}
