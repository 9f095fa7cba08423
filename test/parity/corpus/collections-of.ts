/*
 * Short ways to write the bodies of collections.
 */
import type { Json } from '../client.ts'
import { longId } from '../scenario.ts'

/** A JSON object. */
export type Body = { readonly [key: string]: Json }

/** Rules that allow everything to all callers. */
export const open: Body = {
  listRule: '',
  viewRule: '',
  createRule: '',
  updateRule: '',
  deleteRule: '',
}

/** A base collection; locked unless the options open it. Its id is derived from the name. */
export function base(name: string, fields: readonly Body[], options: Body = {}): Body {
  return { id: longId(name), name, type: 'base', fields, ...options }
}

/** An auth collection with a cheap password hash; locked unless the options open it. */
export function auth(name: string, fields: readonly Body[], options: Body = {}): Body {
  return {
    id: longId(name),
    name,
    type: 'auth',
    fields: [cheapPassword, ...fields],
    authAlert: { enabled: false },
    ...options,
  }
}

/** A view over a query. */
export function view(name: string, viewQuery: string, options: Body = {}): Body {
  return { id: longId(name), name, type: 'view', viewQuery, ...options }
}

/** The password field of auth collections, hashed with as little work as the format allows. */
const cheapPassword: Body = {
  name: 'password',
  type: 'password',
  system: true,
  hidden: true,
  required: true,
  min: 8,
  cost: 4,
}

/** A field of a type. */
export function field(type: string, name: string, options: Body = {}): Body {
  return { name, type, ...options }
}

/** A single relation to a collection written by `base`, `auth` or `view`. */
export function relation(name: string, collection: string, options: Body = {}): Body {
  return { name, type: 'relation', collectionId: longId(collection), maxSelect: 1, ...options }
}

/** Creation and update times as most collections have them. */
export const times: readonly Body[] = [
  { name: 'created', type: 'autodate', onCreate: true },
  { name: 'updated', type: 'autodate', onCreate: true, onUpdate: true },
]
