import { bindings } from './bindings.ts'

/** The keys of all objects in the bucket, in order. */
export async function storedKeys(): Promise<string[]> {
  const { objects } = await bindings.FILES.list()
  return objects.map(({ key }) => key)
}

/** The content of an object as text; undefined if it does not exist. */
export async function storedText(key: string): Promise<string | undefined> {
  return await (await bindings.FILES.get(key))?.text()
}

/** The number of waiting sweeps. */
export async function waitingSweeps(): Promise<number> {
  const row = await bindings.DB.prepare('SELECT count(*) AS n FROM "_file_sweeps"').first()
  return Number(row?.['n'])
}

/** A form with files and strings; a name may repeat. */
export function formOf(...entries: readonly (readonly [string, string | File])[]): FormData {
  const form = new FormData()
  for (const [name, value] of entries) form.append(name, value)
  return form
}

/** An image of one pixel. */
export const tinyPng = Uint8Array.from(
  atob(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  ),
  (character) => character.charCodeAt(0),
)
