import { archiveFormat, digestOf, manifestName } from '#backups/archive-layout.ts'
import { continueCrc32 } from '#kernel/crc32.ts'
import { zipOf } from './zip.ts'

/** An archive of these documents, with its digest, as versions before second factors wrote it. */
export async function archiveOf(documents: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const encoder = new TextEncoder()
  const entries = Object.entries(documents).map(([name, text]) => {
    const content = encoder.encode(text)
    return { name, content, size: content.length, crc: continueCrc32(0, content), comment: '' }
  })
  const manifest = {
    format: archiveFormat,
    created: '',
    appName: '',
    records: {},
    files: { count: 0, bytes: 0 },
    missing: [],
    digest: await digestOf(entries),
  }
  const content = encoder.encode(JSON.stringify(manifest))
  return zipOf([...entries, { name: manifestName, content }])
}
