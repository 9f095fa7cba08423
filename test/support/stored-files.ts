import { bindings } from './bindings.ts'

/** The keys of all objects in the bucket, in order. */
export async function storedKeys(): Promise<string[]> {
  const { objects } = await bindings.FILES.list()
  return objects.map(({ key }) => key)
}

/** What an object holds, as text; undefined for one that is not there. */
export async function storedText(key: string): Promise<string | undefined> {
  return await (await bindings.FILES.get(key))?.text()
}

/** How many places wait to be looked at. */
export async function waitingSweeps(): Promise<number> {
  const row = await bindings.DB.prepare('SELECT count(*) AS n FROM "_file_sweeps"').first()
  return Number(row?.['n'])
}

/** A form of files and texts; a name may repeat. */
export function formOf(...entries: readonly (readonly [string, string | File])[]): FormData {
  const form = new FormData()
  for (const [name, value] of entries) form.append(name, value)
  return form
}

/** A picture of one pixel. */
export const tinyPng = Uint8Array.from(
  atob(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  ),
  (character) => character.charCodeAt(0),
)
