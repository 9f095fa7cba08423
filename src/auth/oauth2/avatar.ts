/*
 * The avatar of a provider's user, for a file field. Its URL comes from the provider, and sometimes
 * from its users, so it is fetched with care. A failure does not stop the sign-in.
 */
import { type Upload, UploadReceiver } from '#http/body/upload.ts'
import { hostKind } from '#go-compat/public-address.ts'
import type { Field } from '#fields/definition/field-type.ts'
import { uploadTo } from '#records/write/resolve-body.ts'

/** The time limit for fetching an avatar. */
const gapTimeoutMilliseconds = 10_000
/** Larger images are not fetched, whatever the field allows. */
const maxBytes = 5 * 2 ** 20
const maxRedirects = 5

/**
 * Fetches an avatar for a field. Returns undefined and logs the reason if the request fails or the
 * field rejects the image.
 */
export async function fetchAvatar(address: string, field: Field): Promise<Upload | undefined> {
  if (address === '') return undefined
  try {
    const upload = await download(address, AbortSignal.timeout(gapTimeoutMilliseconds))
    const fault = faultOf(field, upload)
    if (fault !== undefined) throw new Error(fault)
    return upload
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    // oxlint-disable-next-line no-console -- the sign-in goes on, so nothing else reports it
    console.warn({ oauth2: 'The avatar could not be fetched.', reason })
    return undefined
  }
}

async function download(address: string, signal: AbortSignal): Promise<Upload> {
  let url = publicUrl(address)
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    // Every URL is checked before it is requested, including redirects.
    const response = await fetch(url, {
      redirect: 'manual',
      signal,
      headers: { Accept: 'image/*', 'User-Agent': 'Arete' },
    })
    const location = response.headers.get('Location')
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel()
      url = publicUrl(location, url)
      continue
    }
    if (!response.ok || response.body === null) {
      await response.body?.cancel()
      throw new Error(`The address answered ${response.status}.`)
    }
    const name = url.pathname.split('/').at(-1) ?? ''
    return await new UploadReceiver(undefined).receive(name, limited(response.body))
  }
  throw new Error('The address leads on and on.')
}

/** A URL on the internet. Stops attackers from requesting what only this server can reach. */
function publicUrl(address: string, base?: URL): URL {
  const url = new URL(address, base)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Error('The address is none of the web.')
  }
  if (hostKind(url.hostname) !== 'public' || url.username !== '' || url.password !== '') {
    throw new Error('The address is none of the internet.')
  }
  return url
}

async function* limited(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxBytes) throw new Error(`It has more than ${maxBytes} bytes.`)
    yield chunk
  }
}

/** The field's error for a file. */
function faultOf(field: Field, upload: Upload): string | undefined {
  const file = uploadTo(field, upload)
  const context = {
    isNew: true,
    recordId: undefined,
    stored: undefined,
    table: '',
    uploaded: [file],
    tableOf: () => undefined,
  }
  // A known value with its file needs no checks in the database.
  const [check] = field.checks({ known: field.normalise(file.name) }, context)
  if (check === undefined) return undefined
  return 'message' in check.issue ? check.issue.message : 'The field does not take it.'
}
