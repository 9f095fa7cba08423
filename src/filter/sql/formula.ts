import { sql } from 'drizzle-orm'
import type { JoinNode } from './joins.ts'
import { isWithin, ownPlace } from './joins.ts'
import type { Term } from './term.ts'
import { joinTerms, term } from './term.ts'

/** A condition whose related rows are not joined yet. It holds if some of them satisfy it. */
export type Formula = Test | Connective | NoneOf

/** One condition on the rows at its nodes. */
export interface Test {
  readonly kind: 'test'
  readonly term: Term
  /** True for a client's filter, whose cost is limited. */
  readonly isClient: boolean
}

/**
 * Two or more formulas. All of them, or at least one, must hold. None is a connective of the same
 * kind.
 */
export interface Connective {
  readonly kind: 'and' | 'or'
  readonly parts: readonly Formula[]
}

/** Requires that no rows at the nodes below `root` satisfy a formula. */
export interface NoneOf {
  readonly kind: 'none'
  readonly root: JoinNode
  readonly formula: Formula
}

/** A formula of one term. */
export function test(condition: Term, isClient: boolean): Test {
  return { kind: 'test', term: condition, isClient }
}

/**
 * Joins formulas under one kind. Formulas of that kind are merged into it, and a single one is
 * returned unchanged.
 */
export function connect(kind: Connective['kind'], first: Formula, ...others: Formula[]): Formula {
  const parts = [first, ...others].flatMap((part) => (part.kind === kind ? part.parts : [part]))
  return parts.length === 1 ? first : { kind, parts }
}

/** The nodes that must be joined around a formula, without the nodes it joins itself. */
export function placesOf(formula: Formula): ReadonlySet<JoinNode> {
  switch (formula.kind) {
    case 'test':
      return new Set(formula.term.nodes?.map(ownPlace))
    case 'and':
    case 'or':
      return new Set(formula.parts.flatMap((part) => [...placesOf(part)]))
    case 'none': {
      const { root } = formula
      const nodes = [...placesOf(formula.formula)]
      return new Set(nodes.map((node) => (isBelow(node, root) ? ownPlace(root) : node)))
    }
  }
}

/**
 * True if a node was reached from `root` itself, rather than from another node with the same rows.
 */
function isBelow(node: JoinNode, root: JoinNode): boolean {
  return node === root || (node.parent !== undefined && isBelow(node.parent, root))
}

/** True if all nodes of a formula, including those it joins itself, are within a node. */
export function isAllWithin(formula: Formula, node: JoinNode): boolean {
  if (formula.kind === 'test') {
    return formula.term.nodes?.every((other) => isWithin(other, node)) ?? true
  }
  if (formula.kind === 'none') return isAllWithin(formula.formula, node)
  return formula.parts.every((part) => isAllWithin(part, node))
}

/** True if a client wrote a part of the formula. */
export function hasClientPart(formula: Formula): boolean {
  if (formula.kind === 'test') return formula.isClient
  if (formula.kind === 'none') return hasClientPart(formula.formula)
  return formula.parts.some(hasClientPart)
}

/** Joins the terms of formulas. */
export function connectTerms(
  kind: Connective['kind'],
  parts: readonly Formula[],
  toTerm: (part: Formula) => Term,
): Term {
  const [first, ...others] = parts.map(toTerm) as [Term, ...Term[]] // A connective has at least two parts.
  return joinTerms(kind, first, ...others)
}

/** The term of a formula that needs no joins. */
export function plainTerm(formula: Formula): Term {
  if (formula.kind === 'test') return formula.term
  if (formula.kind !== 'none') return connectTerms(formula.kind, formula.parts, plainTerm)
  const some = plainTerm(formula.formula)
  return term(sql`NOT (${some.sql})`, 1, some)
}
