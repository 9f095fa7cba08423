/** A comparison sign. The "any of" forms (`?=`) use the same ones. */
export type Sign = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~' | '!~'

/** A name: a field path, `@request.…`, `@collection.…`, a macro, or `null`, `true`, `false`. */
export interface Identifier {
  readonly kind: 'identifier'
  readonly name: string
  readonly position: number
}

/** A quoted string, unescaped. */
export interface TextLiteral {
  readonly kind: 'text'
  readonly text: string
  readonly position: number
}

/** A number. */
export interface NumberLiteral {
  readonly kind: 'number'
  readonly value: number
  readonly position: number
}

/** A call of a function of the filter language. */
export interface FunctionCall {
  readonly kind: 'function'
  readonly name: string
  readonly args: readonly Operand[]
  readonly position: number
}

/** One side of a comparison. */
export type Operand = Identifier | TextLiteral | NumberLiteral | FunctionCall

/** Two operands and the sign between them. */
export interface Comparison {
  readonly kind: 'comparison'
  readonly left: Operand
  readonly sign: Sign
  /** True for the forms with `?`, where one matching related value is enough. */
  readonly isAny: boolean
  readonly right: Operand
  readonly position: number
}

/**
 * Two or more nodes. All of them, or at least one, must hold. None is a junction of the same kind.
 */
export interface Junction {
  readonly kind: 'and' | 'or'
  readonly nodes: readonly FilterNode[]
}

/** A parsed filter. Immutable, and usable for any number of queries. */
export type FilterNode = Comparison | Junction

/**
 * Joins nodes under one kind. Nodes of that kind are merged into it, and a single node is returned
 * unchanged.
 *
 * Parentheses that change nothing thus leave a flat tree, however deeply they were nested.
 */
export function junction(kind: Junction['kind'], nodes: readonly FilterNode[]): FilterNode {
  const flat = nodes.flatMap((node) => (node.kind === kind ? node.nodes : [node]))
  const [first] = flat
  return first !== undefined && flat.length === 1 ? first : { kind, nodes: flat }
}
