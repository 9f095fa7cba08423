/*
 * Compiled plans. Two requests that differ only in their values (the caller's id, the page, the
 * time) run the same statements, so these are made and rendered once.
 */
import type { SQL } from 'drizzle-orm'
import { PlanInput } from './plan-input.ts'
import type { Plan, Query, Rows } from './query.ts'
import { type Template, toTemplate } from './statement.ts'

/** A plan for all requests of a shape, whose values it takes when it runs. */
export interface CompiledPlan<V, T> {
  readonly statements: readonly SQL[]
  /** Reads the rows. May throw an ApiError to fail the request. */
  read(rows: Rows, values: V): T
  explain?(error: unknown): Error | undefined
}

/** A compiled plan with the values of one request. */
export type CachedPlan<T> = Query<T> & Pick<Plan<T>, 'explain'>

/**
 * Everything that decides which plan a request needs, apart from the values that its compilation
 * asks for. The first part names the operation.
 */
export type PlanShape = readonly [operation: string, ...(string | number | boolean | null)[]]

/** A compiled plan, rendered, and the requests of its shape that it serves. */
interface Variant<V = unknown, T = unknown> extends Omit<CompiledPlan<V, T>, 'statements'> {
  readonly templates: readonly Template<V>[]
  /** In characters. */
  readonly size: number
  readonly serves: (values: V) => boolean
}

/** The plans of a shape. */
interface Shape {
  readonly variants: Variant[]
  lastUse: number
}

/** The limits of a cache, in plans and in characters. A plan of the usual size has about 1500. */
const maxPlans = 500
const maxSize = 4_000_000

/** The share of a full cache that stays. */
const shrunk = 0.9

/** The maximum of plans of one shape, which differ in the answers of their requests. */
const maxVariants = 10

/**
 * The compiled plans for one set of collections, so that plans are forgotten with them. The least
 * recently used shapes are dropped first.
 */
export class PlanCache {
  readonly #shapes = new Map<string, Shape>()
  /** Counts the uses of all plans. */
  #uses = 0
  #count = 0
  #size = 0

  /**
   * The plan of a request: compiled from its shape and from what `input` hands out of its values, or
   * one that was compiled for another request like it. A compilation that throws is not kept.
   */
  plan<V, T>(
    shape: PlanShape,
    values: V,
    compile: (input: PlanInput<V>) => CompiledPlan<V, T>,
  ): CachedPlan<T> {
    const key = JSON.stringify(shape)
    // The operation is the first part of the key, and decides the types.
    const shaped = this.#shapes.get(key)
    const variants = shaped?.variants as Variant<V, T>[] | undefined
    const known = variants?.find(({ serves }) => serves(values))
    if (shaped !== undefined && known !== undefined) {
      shaped.lastUse = this.#uses++
      return planOf(known, values)
    }

    const input = new PlanInput(values)
    const compiled = compile(input)
    const templates = compiled.statements.map((statement) => toTemplate<V>(statement))
    const serves = input.test()
    if (serves !== undefined) {
      const size = templates.reduce((sum, { sql }) => sum + sql.length, key.length)
      this.#keep(key, { ...compiled, templates, serves, size } as Variant)
    }
    return planOf({ ...compiled, templates }, values)
  }

  /** The same for statements whose rows are read elsewhere, or not at all. */
  statements<V>(
    shape: PlanShape,
    values: V,
    compile: (input: PlanInput<V>) => readonly SQL[],
  ): readonly SQL[] {
    const compilePlan = (input: PlanInput<V>): CompiledPlan<V, undefined> => ({
      statements: compile(input),
      read: () => undefined,
    })
    return this.plan(shape, values, compilePlan).statements
  }

  #keep(key: string, variant: Variant): void {
    const shaped = this.#shapes.get(key) ?? { variants: [], lastUse: 0 }
    this.#shapes.set(key, shaped)
    shaped.lastUse = this.#uses++
    shaped.variants.push(variant)
    this.#count += 1
    this.#size += variant.size
    if (shaped.variants.length > maxVariants) this.#drop(shaped.variants.splice(0, 1))
    if (this.#count > maxPlans || this.#size > maxSize) this.#shrink()
  }

  /** Drops the least recently used shapes: some at a time, because they have to be sorted for it. */
  #shrink(): void {
    const oldest = [...this.#shapes].toSorted(([, a], [, b]) => a.lastUse - b.lastUse)
    for (const [key, { variants }] of oldest) {
      if (this.#count <= maxPlans * shrunk && this.#size <= maxSize * shrunk) break
      this.#shapes.delete(key)
      this.#drop(variants)
    }
  }

  #drop(variants: readonly Variant[]): void {
    for (const { size } of variants) {
      this.#count -= 1
      this.#size -= size
    }
  }
}

function planOf<V, T>(
  { templates, read, explain }: Omit<Variant<V, T>, 'serves' | 'size'>,
  values: V,
): CachedPlan<T> {
  return {
    statements: templates.map((template) => template.fill(values)),
    read: (rows) => read(rows, values),
    ...(explain && { explain }),
  }
}
