/*
 * Requests made up by a seed, in worlds: a few collections that refer to each other, records in
 * them, then a few hundred requests by all kinds of callers.
 */
import type { Baseline } from '../baseline.ts'
import type { Answer, Json } from '../client.ts'
import type { Origin, Outcome, Pair } from '../pair.ts'
import type { Report } from '../report.ts'
import { accountPassword, longId } from '../scenario.ts'
import { bodyOf } from './bodies.ts'
import { makeRuleFor, ruleNames } from './expressions.ts'
import { Random, seedOf } from './random.ts'
import { type MadeRequest, RequestMaker, recordsOf } from './requests.ts'
import { type World, type WorldCollection, collectionOf, makeWorld } from './world.ts'

const requestsPerWorld = 250
const recordsPerCollection = 8

/** Generates the requested number of requests. A world can be repeated by itself. */
export async function runGenerator(
  pair: Pair,
  report: Report,
  baseline: Baseline,
  options: { seed: number; requests: number; world: number | undefined },
): Promise<void> {
  const worlds =
    options.world === undefined
      ? Array.from({ length: Math.ceil(options.requests / requestsPerWorld) }, (_, i) => i + 1)
      : [options.world]
  const before = report.requests
  for (const number of worlds) {
    const made = report.requests - before
    const budget = options.world === undefined ? options.requests - made : requestsPerWorld
    if (budget <= 0) break
    report.progress(`generator: world ${number} (${made} requests so far)`)
    await new WorldRun(pair, report, options.seed, number).run(Math.min(budget, requestsPerWorld))
    const stuck = await baseline.restoreCollections()
    if (stuck.length > 0) report.fault(`World ${number} leaves ${stuck.join(', ')} behind.`)
  }
}

class WorldRun {
  readonly #pair: Pair
  readonly #report: Report
  readonly #random: Random
  readonly #seed: number
  readonly #number: number
  /** The rules that hold now, by collection and name. */
  readonly #rules = new Map<string, { [rule: string]: Json }>()
  #step = 0

  constructor(pair: Pair, report: Report, seed: number, number: number) {
    this.#pair = pair
    this.#report = report
    this.#random = new Random(seedOf(seed, number))
    this.#seed = seed
    this.#number = number
  }

  async run(requests: number): Promise<void> {
    const world = makeWorld(this.#random)
    const callers = ['ann', 'bob']
    const maker = new RequestMaker(this.#random, world, callers)
    if (!(await this.#build(world, callers, maker))) return

    while (this.#step < requests - world.collections.length) {
      const made = maker.make()
      const outcome = await this.#send(made.request, made.isUnordered)
      this.#remember(world, made, outcome)
      if (made.touched.length === 0 && made.settle === undefined) continue
      if (outcome.differences.length === 0) continue
      if (made.settle === undefined && (await this.#mend(world, made))) continue
      this.#report.progress(
        `  world ${this.#number} is left after step ${this.#step}: it is not the same on both now`,
      )
      return
    }
    for (const collection of world.collections) {
      await this.#send({
        send: `GET ${recordsOf(collection)}`,
        query: { sort: 'id', perPage: 500 },
      })
    }
  }

  /**
   * Builds collections, then accounts, records and rules. Returns true if both servers have the
   * same.
   */
  async #build(world: World, callers: readonly string[], maker: RequestMaker): Promise<boolean> {
    for (const collection of world.collections) {
      const isBuilt = await this.#buildCollection(collection)
      if (!isBuilt) return this.#giveUp()
    }
    for (const name of callers) {
      const { sameStatus } = await this.#account(world, name)
      if (!sameStatus) return this.#giveUp()
    }
    for (const collection of world.collections.filter(({ type }) => type === 'base')) {
      for (let i = 0; i < recordsPerCollection; i++) {
        const made = maker.seedRecord(collection)
        const outcome = await this.#send(made.request)
        this.#remember(world, made, outcome)
        if (outcome.differences.length > 0 && !(await this.#mend(world, made)))
          return this.#giveUp()
      }
    }
    for (const collection of world.collections) {
      for (const json of this.#rulesFor(world, collection)) {
        await this.#send({ send: `PATCH /api/collections/${collection.name}?fields=id`, json })
      }
    }
    return true
  }

  /** A collection can refer to itself only once it is there, so such fields come second. */
  async #buildCollection(collection: WorldCollection): Promise<boolean> {
    const later = collection.fields.some((field) => field.target === collection.name)
    const steps = later
      ? [
          { send: 'POST /api/collections', json: bodyOf(collection, { isFirst: true }) },
          {
            send: `PATCH /api/collections/${collection.name}`,
            json: bodyOf(collection, { isFirst: false }),
          },
        ]
      : [{ send: 'POST /api/collections', json: bodyOf(collection, { isFirst: false }) }]
    for (const step of steps) {
      const { left, sameStatus } = await this.#send(step)
      if (left.status !== 200) {
        this.#report.fault(`World ${this.#number} has no ${collection.name}: ${left.text}`)
      }
      if (!sameStatus) return false
    }
    return true
  }

  async #account(world: World, name: string): Promise<Outcome> {
    const record = {
      id: longId(name),
      email: `${name}@example.com`,
      emailVisibility: name === 'bob',
    }
    const password = { password: accountPassword, passwordConfirm: accountPassword }
    const people = collectionOf(world, 'people')
    const required = people.fields.filter((field) => field.definition['required'] === true)
    const created = await this.#send({
      send: `POST ${recordsOf(people)}`,
      json: {
        ...Object.fromEntries(
          required.map(({ name: key, type }) => [key, requiredValues[type] ?? 'a']),
        ),
        ...record,
        ...password,
      },
    })
    if (created.left.status === 200) people.ids.push(record.id)
    await this.#send(
      {
        as: 'guest',
        send: 'POST /api/collections/people/auth-with-password',
        json: { identity: record.email, password: accountPassword },
      },
      false,
      { [`token:${name}`]: '$.token' },
    )
    return created
  }

  /** Changes each rule separately, so that an invalid rule does not stop the others. */
  #rulesFor(world: World, collection: WorldCollection): { [key: string]: Json }[] {
    return ruleNames(collection).map((name) => ({
      [name]: makeRuleFor(name, this.#random, world, collection),
    }))
  }

  async #send(
    request: MadeRequest['request'],
    isUnordered = false,
    keep: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    this.#step++
    const origin: Origin = {
      area: 'generator',
      scenario: `generator: seed ${this.#seed}, world ${this.#number}, step ${this.#step}`,
      again: `--seed ${this.#seed} --world ${this.#number}  (step ${this.#step})`,
    }
    const name = request.send.split(/[/?]/)[3] ?? ''
    const note = `rules: ${JSON.stringify(Object.fromEntries(this.#rules))}`
    const outcome = await this.#pair.send(request, { ...origin, note }, { isUnordered, keep })
    const isRule = /^PATCH \/api\/collections\/\w+(\?|$)/.test(request.send)
    if (isRule && outcome.left.status === 200) {
      this.#rules.set(name, { ...this.#rules.get(name), ...rulesIn(request.json) })
    }
    return outcome
  }

  /** Stores the ids of created records from the model's response. */
  #remember(world: World, { request, touched, settle }: MadeRequest, { left }: Outcome): void {
    if (left.status >= 300) return
    settle?.()
    const isRemoval = request.send.startsWith('DELETE')
    for (const { collection, id } of touched) {
      const { ids } = collectionOf(world, collection)
      const at = ids.indexOf(id)
      if (isRemoval && at >= 0) ids.splice(at, 1)
      if (!isRemoval && at < 0) ids.push(id)
    }
  }

  /**
   * After a write with different outcomes, deletes its records on both, so that later requests show
   * other differences than this one. Returns true if both are equal again.
   */
  async #mend(world: World, { touched }: MadeRequest): Promise<boolean> {
    for (const { collection, id } of touched) {
      await this.#pair.sendQuietly({ send: `DELETE /api/collections/${collection}/records/${id}` })
    }
    for (const collection of world.collections) {
      const [left, right] = await this.#pair.sendQuietly({
        send: `GET ${recordsOf(collection)}?sort=id&perPage=1000`,
      })
      if (contentOf(left) !== contentOf(right)) return false
    }
    return true
  }

  #giveUp(): false {
    this.#report.progress(`  world ${this.#number} is left: it could not be built on both`)
    return false
  }
}

const requiredValues: Readonly<Record<string, Json>> = {
  number: 1,
  bool: true,
  email: 'a@example.com',
  url: 'https://example.com',
  date: '2024-05-06',
  json: 5,
  geoPoint: { lon: 1, lat: 2 },
  text: 'abc',
  select: 'a',
}

function rulesIn(body: Json | undefined): { [rule: string]: Json } {
  return Object.fromEntries(Object.entries(body ?? {}).filter(([key]) => key.endsWith('Rule')))
}

/** The records without their times, which are never quite the same. */
function contentOf(answer: Answer): string {
  return JSON.stringify(answer.json, (key, value: unknown) =>
    key === 'created' || key === 'updated' ? undefined : value,
  )
}
