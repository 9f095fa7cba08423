/*
 * Made-up requests over a world.
 */
import type { Json } from '../client.ts'
import type { FormPart, ParityRequest } from '../request.ts'
import { longId } from '../scenario.ts'
import { bodyOf } from './bodies.ts'
import {
  type Purpose,
  makeExpand,
  makeFields,
  makeFilter,
  makeRuleFor,
  makeSort,
  ruleNames,
} from './expressions.ts'
import type { Random } from './random.ts'
import { makeSchemaChange } from './schema-changes.ts'
import { valueFor } from './values.ts'
import { type World, type WorldCollection, type WorldField } from './world.ts'

type Body = { [key: string]: Json }

/** A record that a request writes to. */
export interface Touched {
  readonly collection: string
  readonly id: string
}

/** A generated request, and its effects if the servers differ. */
export interface MadeRequest {
  readonly request: ParityRequest
  readonly isUnordered: boolean
  /** The records it writes to; none for a read. */
  readonly touched: readonly Touched[]
  /** The effects of success on the world, besides records. */
  readonly settle?: () => void
}

/** Generates requests one after another. Ids are counted, so that both servers get the same. */
export class RequestMaker {
  readonly #random: Random
  readonly #world: World
  readonly #callers: readonly string[]
  #made = 0

  constructor(random: Random, world: World, callers: readonly string[]) {
    this.#random = random
    this.#world = world
    this.#callers = callers
  }

  /** The next request. */
  make(): MadeRequest {
    const caller = this.#random.weighted<string>([
      [4, 'superuser'],
      [3, 'guest'],
      [4, this.#random.pick(this.#callers)],
    ])
    return this.#random.weighted<() => MadeRequest>([
      [45, () => this.#list(caller)],
      [8, () => this.#view(caller)],
      [17, () => this.#write(caller)],
      [17, () => this.#write(caller)],
      [4, () => this.#write(caller)],
      [5, () => this.#batch(caller)],
      [2, () => this.#changeRule()],
      [2, () => this.#changeSchema()],
      [0.1, () => this.#truncate(caller)],
    ])()
  }

  /** A record to begin with, written by the superuser. */
  seedRecord(collection: WorldCollection): MadeRequest {
    return this.#create('superuser', collection)
  }

  #list(as: string): MadeRequest {
    const random = this.#random
    const collection = random.pick(this.#world.collections)
    const purpose: Purpose = as === 'superuser' ? 'superuser' : 'client'
    const query: Record<string, string | number> = {}
    if (random.chance(0.75)) query['filter'] = makeFilter(random, this.#world, collection, purpose)
    const isSorted = random.chance(0.6)
    if (isSorted) query['sort'] = makeSort(random, this.#world, collection, purpose)
    if (random.chance(0.3)) query['expand'] = makeExpand(random, this.#world, collection)
    if (random.chance(0.2)) query['fields'] = makeFields(random, collection)
    if (random.chance(0.1)) query['skipTotal'] = random.pick(['1', 'true', '0'])
    // Only a full order makes a page the same page on both.
    query['perPage'] = isSorted && random.chance(0.4) ? random.between(1, 5) : 200
    if (isSorted && random.chance(0.3)) query['page'] = random.between(1, 3)
    if (random.chance(0.1)) query['key'] = random.pick(['k', 'K', '', '1'])
    return {
      request: { as, send: `GET ${recordsOf(collection)}`, query },
      isUnordered: !isSorted,
      touched: [],
    }
  }

  #view(as: string): MadeRequest {
    const random = this.#random
    const collection = random.pick(this.#world.collections)
    const query: Record<string, string> = {}
    if (random.chance(0.4)) query['expand'] = makeExpand(random, this.#world, collection)
    if (random.chance(0.2)) query['fields'] = makeFields(random, collection)
    const send = `GET ${recordsOf(collection)}/${this.#someId(collection)}`
    return { request: { as, send, query }, isUnordered: false, touched: [] }
  }

  #write(as: string): MadeRequest {
    const collection = this.#writable()
    return this.#random.weighted<() => MadeRequest>([
      [4, () => this.#create(as, collection)],
      [5, () => this.#update(as, collection)],
      [2, () => this.#remove(as, collection)],
    ])()
  }

  #create(as: string, collection: WorldCollection): MadeRequest {
    const id = this.#newId()
    const body = { id, ...this.#bodyFor(collection, 0.7), ...this.#accountPart(collection, id) }
    return {
      request: {
        as,
        send: `POST ${recordsOf(collection)}`,
        ...this.#wrap(body),
        ...this.#extras(collection),
      },
      isUnordered: false,
      touched: [{ collection: collection.name, id }],
    }
  }

  #update(as: string, collection: WorldCollection): MadeRequest {
    const id = this.#someId(collection)
    const body = {
      ...this.#withModifiers(collection, this.#bodyFor(collection, 0.4)),
      ...this.#accountChange(collection),
    }
    return {
      request: {
        as,
        send: `PATCH ${recordsOf(collection)}/${id}`,
        ...this.#wrap(body),
        ...this.#extras(collection),
      },
      isUnordered: false,
      touched: [{ collection: collection.name, id }],
    }
  }

  #remove(as: string, collection: WorldCollection): MadeRequest {
    const id = this.#someId(collection)
    return {
      request: { as, send: `DELETE ${recordsOf(collection)}/${id}` },
      isUnordered: false,
      touched: [{ collection: collection.name, id }],
    }
  }

  #batch(as: string): MadeRequest {
    const parts = this.#random.many(this.#random.between(2, 4), () => this.#batchPart())
    return {
      request: {
        as,
        send: 'POST /api/batch',
        json: { requests: parts.map((part) => part.request) },
      },
      isUnordered: false,
      touched: parts.flatMap((part) => part.touched),
    }
  }

  #batchPart(): { request: Body; touched: Touched[] } {
    const collection = this.#random.chance(0.9) ? this.#writable('base') : this.#writable()
    const url = recordsOf(collection)
    const known = this.#someId(collection)
    const touch = (id: string): Touched[] => [{ collection: collection.name, id }]
    const fresh = this.#newId()
    const query = this.#random.chance(0.3)
      ? `?expand=${makeExpand(this.#random, this.#world, collection)}`
      : ''
    const upserted = this.#random.pick([known, fresh])
    return this.#random.weighted<() => { request: Body; touched: Touched[] }>([
      [
        4,
        () => ({
          request: {
            method: 'POST',
            url: `${url}${query}`,
            body: {
              id: fresh,
              ...this.#bodyFor(collection, 0.3),
              ...this.#accountPart(collection, fresh),
            },
          },
          touched: touch(fresh),
        }),
      ],
      [
        4,
        () => ({
          request: {
            method: 'PATCH',
            url: `${url}/${known}${query}`,
            body: this.#withModifiers(collection, this.#bodyFor(collection, 0.2)),
          },
          touched: touch(known),
        }),
      ],
      [
        2,
        () => ({
          request: {
            method: 'PUT',
            url: `${url}${query}`,
            body: { id: upserted, ...this.#bodyFor(collection, 0.3) },
          },
          touched: touch(upserted),
        }),
      ],
      [2, () => ({ request: { method: 'DELETE', url: `${url}/${known}` }, touched: touch(known) })],
    ])()
  }

  #changeSchema(): MadeRequest {
    const collection = this.#random.pick(
      this.#world.collections.filter(({ type }) => type !== 'view'),
    )
    const change = makeSchemaChange(this.#random, this.#world, collection)
    const { fields, indexes } = bodyOf({ ...collection, ...change }, { isFirst: false })
    return {
      request: {
        as: 'superuser',
        send: `PATCH /api/collections/${collection.name}`,
        query: { fields: 'name,fields,indexes' },
        json: { fields: fields ?? [], ...(indexes === undefined ? {} : { indexes }) },
      },
      isUnordered: false,
      touched: [],
      settle: () => {
        collection.fields = change.fields
        collection.indexes = change.indexes
      },
    }
  }

  #truncate(as: string): MadeRequest {
    const collection = this.#writable('base')
    return {
      request: { as, send: `DELETE /api/collections/${collection.name}/truncate` },
      isUnordered: false,
      touched: [],
      settle: () => {
        collection.ids.length = 0
      },
    }
  }

  #changeRule(): MadeRequest {
    const collection = this.#random.pick(this.#world.collections)
    const name = this.#random.pick(ruleNames(collection))
    return {
      request: {
        as: 'superuser',
        send: `PATCH /api/collections/${collection.name}`,
        query: { fields: `name,${name}` },
        json: { [name]: makeRuleFor(name, this.#random, this.#world, collection) },
      },
      isUnordered: false,
      touched: [],
    }
  }

  #bodyFor(collection: WorldCollection, share: number): Body {
    const body: Body = {}
    for (const field of collection.fields) {
      const isWanted = this.#random.chance(field.definition['required'] === true ? 0.95 : share)
      if (isWanted && !isAccountField(collection, field)) {
        body[field.name] = valueFor(this.#random, this.#world, field)
      }
    }
    if (this.#random.chance(0.03)) body['unknown'] = 'x'
    return body
  }

  /** Fields of accounts only. Their emails are unique so that most are accepted. */
  #accountPart(collection: WorldCollection, id: string): Body {
    if (collection.type !== 'auth') return {}
    const password = this.#random.chance(0.9) ? 'parity-1234567' : 'short'
    return {
      email: `${id}@example.com`,
      emailVisibility: this.#random.chance(0.5),
      password,
      passwordConfirm: password,
    }
  }

  /** The callers keep their passwords, so that they stay signed in. */
  #accountChange(collection: WorldCollection): Body {
    const random = this.#random
    if (collection.type !== 'auth') return {}
    return {
      ...(random.chance(0.2) ? { email: `${random.pick(['ann', 'new'])}@example.com` } : {}),
      ...(random.chance(0.2) ? { verified: random.chance(0.5) } : {}),
      ...(random.chance(0.2) ? { oldPassword: random.pick(['parity-1234567', 'wrong']) } : {}),
    }
  }

  #withModifiers(collection: WorldCollection, body: Body): Body {
    const modified: Body = {}
    for (const [key, value] of Object.entries(body)) {
      const field = collection.fields.find((each) => each.name === key)
      const takesNumber = field?.type === 'number'
      const takesMany = field?.type === 'select' || field?.type === 'relation'
      const form =
        (takesNumber || takesMany) && this.#random.chance(0.3)
          ? this.#random.pick(
              takesNumber ? [`${key}+`, `${key}-`] : [`${key}+`, `+${key}`, `${key}-`],
            )
          : key
      modified[form] = value
    }
    return modified
  }

  /** Mostly JSON, occasionally a form of either kind. */
  #wrap(body: Body): Pick<ParityRequest, 'json' | 'form' | 'parts'> {
    if (!this.#random.chance(0.12)) return { json: body }
    const parts: FormPart[] = Object.entries(body).flatMap(([key, value]) =>
      (Array.isArray(value) ? (value as Json[]) : [value]).map((each): FormPart => [
        key,
        typeof each === 'object' ? JSON.stringify(each) : String(each),
      ]),
    )
    if (parts.length === 0) return { json: body }
    return this.#random.chance(0.5) ? { form: parts } : { parts }
  }

  #extras(collection: WorldCollection): Pick<ParityRequest, 'query'> {
    return this.#random.chance(0.2)
      ? { query: { expand: makeExpand(this.#random, this.#world, collection) } }
      : {}
  }

  /** Hashing a password costs most, so accounts are written less often. */
  #writable(type?: 'base'): WorldCollection {
    const candidates = this.#world.collections.filter(
      (collection) => type === undefined || collection.type === type,
    )
    return this.#random.weighted(
      candidates.map((collection) => [collection.type === 'base' ? 8 : 1, collection] as const),
    )
  }

  #someId(collection: WorldCollection): string {
    return collection.ids.length === 0 || this.#random.chance(0.04)
      ? longId('missing')
      : this.#random.pick(collection.ids)
  }

  #newId(): string {
    this.#made++
    return longId(`r${this.#made}x`)
  }
}

/** The path of a collection's records. */
export function recordsOf(collection: WorldCollection): string {
  return `/api/collections/${collection.name}/records`
}

function isAccountField(collection: WorldCollection, field: WorldField): boolean {
  return collection.type === 'auth' && ['email', 'verified'].includes(field.name)
}
