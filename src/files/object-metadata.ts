/*
 * What is kept beside a file in the bucket: its type, and what its uploader called it.
 */
import type { ObjectMetadata, StoredObject } from '#platform/bindings.ts'

const originalNameKey = 'original-filename'
/** Metadata travels in headers: percent-encoded, and at most so long. */
const maxNameLength = 1000

/** The metadata of a file. */
export function metadataOf({
  contentType,
  originalName,
}: {
  readonly contentType: string | undefined
  readonly originalName: string | undefined
}): ObjectMetadata {
  return {
    ...(contentType === undefined ? {} : { httpMetadata: { contentType } }),
    ...(originalName === undefined
      ? {}
      : {
          customMetadata: {
            [originalNameKey]: encodeURIComponent(originalName).slice(0, maxNameLength),
          },
        }),
  }
}

/** What its uploader called a file; undefined where nobody noted it. */
export function originalNameOf({ customMetadata }: StoredObject): string | undefined {
  const name = customMetadata?.[originalNameKey]
  return name === undefined ? undefined : decoded(name)
}

/** What was cut off in the middle of a character is left as it is. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    return name
  }
}
