/*
 * The types of queries. They follow the `Schema` that `npm run types` writes. Paths are resolved one
 * relation at a time, when they are used, so that a schema may refer to itself.
 */
import type { FilterValue, Operators } from './where.ts'

/** The types of all collections, by name. */
export type AnySchema = Record<
  string,
  { record: object; create: object; update: object; expand: object }
>

type Member<T, K extends PropertyKey> = K extends keyof T ? NonNullable<T[K]> : never

/** A record that a relation adds; of a list of them, one. */
type Related<E, K extends PropertyKey> =
  Member<E, K> extends readonly (infer R)[] ? R : Member<E, K>

/** The relations of an expanded record. */
type RelationsOf<R> = R extends { expand?: infer E } ? NonNullable<E> : never

/** The value at a path, such as `author.name`; never, if there is none. */
type PathValue<R, E, P extends string> = P extends keyof R
  ? NonNullable<R[P]>
  : P extends `${infer Head}.${infer Rest}`
    ? Head extends keyof E
      ? PathValue<Related<E, Head>, RelationsOf<Related<E, Head>>, Rest>
      : never
    : never

/** The values that a field can be compared with. */
type Compared<V> = V extends readonly (infer Item)[]
  ? Compared<Item>
  : V extends string
    ? V | ('' extends V ? never : '') | (string extends V ? Date : never)
    : V extends number | boolean
      ? V
      : FilterValue

/** The condition `T`, if it fits the values; otherwise never, which nothing fits. */
type Condition<V, T> = [V] extends [never]
  ? never
  : T extends Compared<V> | null
    ? T
    : T extends string | number | boolean | Date
      ? never
      : {
          readonly [O in keyof T]: O extends OperatorsOf<V> ? Operators<Compared<V>>[O] : never
        }

/** A filter has no sign for an empty list. */
type OperatorsOf<V> = Exclude<keyof Operators<V>, V extends readonly unknown[] ? 'isEmpty' : never>

/** The conditions `W`, if each path and value of them exists; otherwise types that refuse it. */
export type Where<R, E, W> = {
  readonly [P in keyof W]: P extends 'and' | 'or'
    ? WhereList<R, E, W[P]>
    : P extends string
      ? Condition<PathValue<R, E, P>, W[P]>
      : never
}

type WhereList<R, E, L> = { readonly [I in keyof L]: Where<R, E, L[I]> }

/** The paths `P`, if all relations of each exist. */
export type ExpandPaths<E, P extends readonly string[]> = {
  readonly [I in keyof P]: P[I] extends string ? ExpandPath<E, P[I]> : never
}

type ExpandPath<E, P extends string> = P extends keyof E
  ? P
  : P extends `${infer Head}.${infer Rest}`
    ? Head extends keyof E
      ? ExpandPath<RelationsOf<Related<E, Head>>, Rest> extends never
        ? never
        : P
      : never
    : never

/** A key to sort by. */
export type SortKey<R> = `${'' | '-' | '+'}${(keyof R & string) | '@random' | '@rowid'}`

type Heads<P> = P extends `${infer Head}.${string}` ? Head : P
type Rests<P, Head> = P extends `${infer First}.${infer Rest}`
  ? First extends Head
    ? Rest
    : never
  : never

/** The members that expanding paths adds. A relation may be empty, or out of sight. */
export type Expanded<E, P> = [P] extends [never]
  ? unknown
  : {
      expand?: {
        [K in Heads<P> & keyof E]?: NonNullable<E[K]> extends readonly (infer R)[]
          ? WithExpanded<R, Rests<P, K>>[]
          : WithExpanded<NonNullable<E[K]>, Rests<P, K>>
      }
    }

type WithExpanded<R, P> = Omit<R, 'expand'> & Expanded<RelationsOf<R>, P>

/** The names that every record has. */
export interface RecordNames<C> {
  id: string
  collectionId: string
  collectionName: C
}

/** A record of a response, with the selected members and the expanded relations. */
export type Selected<R, E, C, Fields extends PropertyKey, P> = [Fields] extends [never]
  ? R & RecordNames<C> & Expanded<E, P>
  : Pick<R & RecordNames<C>, Fields & keyof (R & RecordNames<C>)> & Expanded<E, P>
