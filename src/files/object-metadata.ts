/* The metadata of a file in the bucket: its type, and its original name. */
import type { ObjectMetadata, StoredObject } from '#platform/bindings.ts'

const originalNameKey = 'original-filename'
/** Metadata is sent in headers, so names are percent-encoded and limited in length. */
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

/** The original name of a file; undefined if it was not stored. */
export function originalNameOf({ customMetadata }: StoredObject): string | undefined {
  const name = customMetadata?.[originalNameKey]
  return name === undefined ? undefined : decoded(name)
}

/** A name that was cut off inside a character stays encoded. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    return name
  }
}
