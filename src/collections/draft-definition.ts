import * as z from 'zod'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { blankDefinition, completeChanged, completeNew } from './complete-definition.ts'
import { type DecodedDefinition, decodeDefinition, isCollectionType } from './decode-definition.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { collectionErrors } from './errors.ts'
import type { PlanContext } from '#catalog/plan-context.ts'

/** The body of a collection request, by key; not yet validated. */
export type CollectionBody = Readonly<Record<string, unknown>>

/** A complete requested definition, and the one it replaces. */
export interface Draft {
  readonly next: CollectionDefinition
  /** Undefined for a new collection. */
  readonly previous: CollectionDefinition | undefined
  /** The requested type, which may be invalid. */
  readonly type: string
}

/**
 * Drafts a new collection from the scaffold of its type and the body.
 *
 * @throws {ApiError} `malformed`
 */
export function draftNew({ catalog, now }: PlanContext, body: CollectionBody): Draft {
  const { definition, type } = decode(blankFor(body), body)
  const isTaken = (id: string) => catalog.collections.all.some((other) => other.id === id)
  return { next: completeNew(definition, { isTaken, now }), previous: undefined, type }
}

/**
 * Drafts a change of a collection.
 *
 * @throws {ApiError} `notFound`, `malformed`; `updateFailed` if the body has another id
 */
export function draftChanged(
  { catalog, now }: PlanContext,
  idOrName: string,
  body: CollectionBody,
): Draft {
  const previous = catalog.collections.find(idOrName)?.definition
  if (previous === undefined) throw new ApiError(commonErrors.notFound)
  const { definition, type } = decode(previous, body)
  if (definition.id !== previous.id) {
    const { message } = collectionErrors.updateFailed
    throw new ApiError(collectionErrors.updateFailed, {
      message: `${message} Raw error: \nthe id of a collection cannot be changed`,
    })
  }
  return { next: completeChanged(definition, { previous, now }), previous, type }
}

/** The scaffold of the body's type, with its name and the future id. */
export function blankFor({ type, name }: CollectionBody, id?: unknown): CollectionDefinition {
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return blankDefinition(isCollectionType(type) ? type : 'base', text(name), text(id))
}

function decode(stored: CollectionDefinition, body: CollectionBody): DecodedDefinition {
  try {
    return decodeDefinition(stored, body)
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    throw new ApiError(collectionErrors.malformed, { cause: error })
  }
}
