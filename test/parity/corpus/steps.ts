/*
 * Short ways to write steps. Ids are given by their short names; `as` is the superuser unless said.
 */
import type { Json } from '../client.ts'
import { type Expectation, type Step, longId } from '../scenario.ts'
import type { Body } from './collections-of.ts'

type Query = Readonly<Record<string, string | number | boolean>>

/** Lists records. */
export function list(
  collection: string,
  query: Query = {},
  gives?: Expectation,
  as?: string,
): Step {
  return { send: `GET /api/collections/${collection}/records`, query, ...who(as), ...known(gives) }
}

/** One list for each filter: the ids it finds, or the status that refuses it. */
export function filtered(
  collection: string,
  rows: readonly (readonly [filter: string, gives?: readonly string[] | number])[],
  as?: string,
): Step[] {
  return rows.map(([filter, gives]) => ({
    ...list(collection, { filter }, Array.isArray(gives) ? { ids: gives } : (gives as number), as),
    isUnordered: true,
  }))
}

/** Views a record. */
export function one(
  collection: string,
  id: string,
  query: Query = {},
  gives?: Expectation,
  as?: string,
): Step {
  return {
    send: `GET /api/collections/${collection}/records/${longId(id)}`,
    query,
    ...who(as),
    ...known(gives),
  }
}

/** Creates a record. */
export function create(collection: string, json: Json, gives?: Expectation, as?: string): Step {
  return { send: `POST /api/collections/${collection}/records`, json, ...who(as), ...known(gives) }
}

/** Updates a record. */
export function update(
  collection: string,
  id: string,
  json: Json,
  gives?: Expectation,
  as?: string,
): Step {
  return {
    send: `PATCH /api/collections/${collection}/records/${longId(id)}`,
    json,
    ...who(as),
    ...known(gives),
  }
}

/** Deletes a record. */
export function remove(collection: string, id: string, gives?: Expectation, as?: string): Step {
  return {
    send: `DELETE /api/collections/${collection}/records/${longId(id)}`,
    ...who(as),
    ...known(gives),
  }
}

/** Creates a collection. */
export function createCollection(json: Body, gives?: Expectation): Step {
  return { send: 'POST /api/collections', json, ...known(gives) }
}

/** Updates a collection. */
export function updateCollection(name: string, json: Json, gives?: Expectation): Step {
  return { send: `PATCH /api/collections/${name}`, json, ...known(gives) }
}

/** A refusal with issues: codes by path in `data`. */
export function refused(codes: Readonly<Record<string, string>>, message?: string): Expectation {
  return { status: 400, codes, ...(message === undefined ? {} : { message }) }
}

function who(as: string | undefined): { as?: string } {
  return as === undefined ? {} : { as }
}

function known(gives: Expectation | undefined): { gives?: Expectation } {
  return gives === undefined ? {} : { gives }
}
