/*
 * Static files, served as Workers serve static assets: a file by its path, a page without its `.html`,
 * and `index.html` for the paths of a single-page front end.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { getMimeType } from 'hono/utils/mime'
import type { Assets } from '#platform/bindings.ts'
import { listStaticFolder, type StaticListing } from './static-folder.ts'

/** The static files of a folder. */
export interface StaticFiles {
  /** Gives the app the files of the dashboard. */
  readonly assets: Assets
  /**
   * Answers a request for a file of the front end. False if the request is the app's; it is then
   * untouched.
   */
  answer(incoming: IncomingMessage, outgoing: ServerResponse): boolean
}

/** Found for a path: a file, or the path to go to. */
type Found = { readonly file: string } | { readonly location: string }

/** A listing that is older is made again, after the request that noticed. */
const freshMilliseconds = 1000

/**
 * Opens a folder of static files. Files that are added later are found after a moment.
 *
 * @param installation the folder of the dashboard, as `_/`
 */
export async function openStaticFiles(folder: string, installation = folder): Promise<StaticFiles> {
  const current = await openListing(folder)
  const installed = installation === folder ? current : await openListing(installation)

  return {
    assets: {
      async fetch(url) {
        const { files } = installed()
        const path = decodedPath(new URL(url).pathname)
        const found = path === undefined ? undefined : find(files, path)
        return found === undefined || !('file' in found)
          ? new Response(null, { status: 404 })
          : await responseWith(found.file)
      },
    },
    answer(incoming, outgoing) {
      const { method, url = '' } = incoming
      if ((method !== 'GET' && method !== 'HEAD') || isAppPath(url)) return false
      const { files, headers } = current()
      const [target, query] = splitQuery(url)
      const path = decodedPath(target)
      const found = (path === undefined ? undefined : find(files, path)) ?? find(files, '/')
      if (found === undefined) return false

      for (const rule of headers) {
        if (!rule.path.test(target)) continue
        for (const [name, value] of rule.headers) outgoing.setHeader(name, value)
      }
      if ('location' in found) {
        outgoing.writeHead(307, { Location: encodeURI(found.location) + query }).end()
      } else {
        void send(found.file, incoming, outgoing)
      }
      return true
    },
  }
}

async function openListing(folder: string): Promise<() => StaticListing> {
  let listing = await listStaticFolder(folder)
  let listedAt = Date.now()
  return () => {
    if (Date.now() - listedAt > freshMilliseconds) {
      listedAt = Date.now()
      void listStaticFolder(folder).then((listed) => (listing = listed))
    }
    return listing
  }
}

/** Paths that belong to the app whatever files there are. An absolute target is the app's, too. */
function isAppPath(url: string): boolean {
  return !url.startsWith('/') || /^\/(?:api\/|_(?:\/|$|\?))/.test(url) || url.startsWith('//')
}

function splitQuery(url: string): [string, string] {
  const at = url.indexOf('?')
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at)]
}

/** Undefined for a path that is not UTF-8. */
function decodedPath(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

/** Finds a path as `html_handling = "auto-trailing-slash"` does. */
function find(files: ReadonlyMap<string, string>, path: string): Found | undefined {
  const at = (name: string): Found | undefined => {
    const file = files.get(name)
    return file === undefined ? undefined : { file }
  }
  if (path.endsWith('/')) {
    const page = path.slice(0, -1)
    return at(`${path}index.html`) ?? (files.has(`${page}.html`) ? { location: page } : undefined)
  }
  if (path.endsWith('.html') && files.has(path)) {
    return { location: path.replace(/(?<=\/)index\.html$|\.html$/, '') }
  }
  return (
    at(path) ??
    at(`${path}.html`) ??
    (files.has(`${path}/index.html`) ? { location: `${path}/` } : undefined)
  )
}

function typeOf(file: string): string {
  return getMimeType(file) ?? 'application/octet-stream'
}

async function responseWith(file: string): Promise<Response> {
  const handle = await open(file).catch(() => undefined)
  if (handle === undefined) return new Response(null, { status: 404 })
  try {
    const headers = { 'Content-Type': typeOf(file) }
    return new Response(new Uint8Array(await handle.readFile()), { headers })
  } finally {
    await handle.close()
  }
}

async function send(
  file: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const handle = await open(file).catch(() => undefined)
  if (handle === undefined) {
    outgoing.writeHead(404).end()
    return
  }
  try {
    const { size, mtimeMs } = await handle.stat()
    const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`
    outgoing.setHeader('ETag', etag)
    if (!outgoing.hasHeader('Cache-Control')) {
      outgoing.setHeader('Cache-Control', 'public, max-age=0, must-revalidate')
    }
    if (isUnchanged(incoming.headers['if-none-match'], etag)) {
      outgoing.writeHead(304).end()
      return
    }
    outgoing.writeHead(200, { 'Content-Type': typeOf(file), 'Content-Length': size })
    if (incoming.method === 'HEAD') outgoing.end()
    // A file that grows meanwhile is sent as long as it was.
    else if (size === 0) outgoing.end()
    else await pipeline(handle.createReadStream({ end: size - 1, autoClose: false }), outgoing)
  } catch {
    // The client left, or the file changed under our hands: its length is sent already.
    outgoing.destroy()
  } finally {
    await handle.close()
  }
}

function isUnchanged(header: string | undefined, etag: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags?.some((tag) => tag === etag || tag === '*') ?? false
}
