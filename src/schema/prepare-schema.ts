/*
 * The target of a request: drafts of its definitions, merged with what has changed since the last
 * push, in the wanted phase, and validated. No database is needed.
 */
import { compileCollections } from '#catalog/compile/compile.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { definitionJson } from '#collections/definition-json.ts'
import { definitionChanges, isChanged } from '#collections/history/definition-changes.ts'
import { definitionsOf } from '#collections/save-collection.ts'
import { validateDefinition } from '#collections/validate/validate-definition.ts'
import {
  deriveView,
  isView,
  withDefinition,
  withDerivedViews,
} from '#collections/views/derive-views.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { validateRule } from '#filter/validate-rule.ts'
import type { Issues } from '#kernel/errors.ts'
import { lazy } from '#kernel/lazy.ts'
import { type DefinitionPair, type Judge, judgeOf, type Risk } from './assess.ts'
import { draftSchema, type SchemaDraft } from './draft-schema.ts'
import { baseDefinition, isNewSince, type PushFacts } from './facts.ts'
import { mergeDefinitions } from './merge.ts'
import { expanded, withOwnSessions } from './phases.ts'
import type { SchemaRequest } from './request.ts'

/** One change of a plan, and how it will be judged. */
export interface PreparedChange {
  readonly change: Readonly<Record<string, unknown>> & {
    readonly kind: string
    readonly collection: string
  }
  /** The risk if the judge counts no rows. */
  readonly risk: Risk
  readonly judge: Judge | undefined
  /** The id of the collection; empty for a change of the whole plan. */
  readonly collectionId: string
}

/** A target, compared with the deployment. */
export interface PreparedSchema {
  readonly stored: readonly CollectionDefinition[]
  readonly after: readonly CollectionDefinition[]
  /** The new and the changed definitions. */
  readonly drafts: readonly SchemaDraft[]
  readonly changes: readonly PreparedChange[]
  /** The definitions to compare the next push with, by id. */
  readonly pushed: readonly CollectionDefinition[]
}

/**
 * Prepares a plan.
 *
 * @param facts are needed to merge; undefined otherwise
 * @throws {ApiError} `malformed`
 */
export function prepareSchema(
  context: PlanContext,
  request: SchemaRequest,
  facts: PushFacts | undefined,
): PreparedSchema {
  const stored = definitionsOf(context)
  const asked = draftSchema(stored, request, context.now)
  const merged = asked.map((draft) => mergeDraft(draft, facts))
  const wanted = merged.map(({ draft }) => draft)
  const phased = wanted.map((draft) => inPhase(draft, request))
  const removed = removedBy(stored, wanted, request, facts)
  const drafts = phased.filter(({ previous, next }) => next !== previous)
  const { after, viewFaults } = applied(
    stored.filter(({ id }) => !removed.dropped.has(id)),
    drafts,
  )
  const pairs = pairsOf(stored, after)
  return {
    stored,
    after,
    drafts,
    pushed: asked.map((draft) => pushedOf(draft, request, facts)),
    changes: [
      ...pairs.flatMap((pair) => changesOf(pair, wanted, request)),
      ...drafts.flatMap((draft) => invalidity(draft, after, viewFaults)),
      ...[...merged.flatMap(({ conflicts }) => conflicts), ...removed.conflicts].map((change) =>
        blocked({ kind: 'conflict', ...change }),
      ),
      ...(request.phase === 'contract' ? unexpanded(wanted) : []),
    ],
  }
}

interface Conflict {
  readonly collection: string
  readonly what: string
}

function mergeDraft(
  draft: SchemaDraft,
  facts: PushFacts | undefined,
): { readonly draft: SchemaDraft; readonly conflicts: readonly Conflict[] } {
  const { previous, next } = draft
  const body = facts?.base.get(next.id)
  if (facts === undefined) return { draft, conflicts: [] }
  if (body === undefined) {
    const isBothNew = previous !== undefined && next !== previous && isNewSince(facts, next.id)
    const conflicts = isBothNew ? [{ collection: next.name, what: 'collection' }] : []
    return { draft, conflicts }
  }
  const base = baseDefinition(body, next.id, previous)
  const { merged, conflicts } = mergeDefinitions({ base, code: next, stored: previous })
  const found = conflicts.map((what) => ({ collection: next.name, what }))
  // It was deleted on the deployment, and code has not changed it since.
  if (merged === undefined) return { draft: { ...draft, next, previous: next }, conflicts: found }
  const kept = previous === undefined ? merged : withOwnSessions(merged, previous)
  const isSame = previous !== undefined && !isChanged(previous, kept)
  return {
    draft: { ...draft, next: isSame ? previous : kept },
    conflicts: found,
  }
}

function inPhase(draft: SchemaDraft, { phase }: SchemaRequest): SchemaDraft {
  const { previous, next } = draft
  if (phase !== 'expand' || previous === undefined || next === previous) return draft
  const first = expanded(previous, next)
  return { ...draft, next: isChanged(previous, first) ? first : previous }
}

/** The definition that later drift is measured by. */
function pushedOf(
  { previous, next }: SchemaDraft,
  { phase }: SchemaRequest,
  facts: PushFacts | undefined,
): CollectionDefinition {
  if (phase !== 'expand' || previous === undefined) return next
  const body = facts?.base.get(next.id)
  return expanded(body === undefined ? previous : baseDefinition(body, next.id, previous), next)
}

interface Removal {
  readonly dropped: ReadonlySet<string>
  readonly conflicts: readonly Conflict[]
}

/** The collections that the request does not name, if it says so. */
function removedBy(
  stored: readonly CollectionDefinition[],
  drafts: readonly SchemaDraft[],
  { deleteMissing, phase }: SchemaRequest,
  facts: PushFacts | undefined,
): Removal {
  const missing = stored.filter(
    ({ id, system }) => !system && !drafts.some(({ next }) => next.id === id),
  )
  if (!deleteMissing || phase === 'expand') return { dropped: new Set(), conflicts: [] }
  if (facts === undefined) return { dropped: new Set(missing.map(({ id }) => id)), conflicts: [] }
  const pushed = missing.filter(({ id }) => facts.base.has(id))
  const drifted = pushed.filter((definition) => {
    const base = baseDefinition(facts.base.get(definition.id) ?? {}, definition.id, definition)
    return definitionChanges(base, definition).length > 0
  })
  return {
    dropped: new Set(pushed.filter((each) => !drifted.includes(each)).map(({ id }) => id)),
    conflicts: drifted.map(({ name }) => ({ collection: name, what: 'collection' })),
  }
}

interface Applied {
  readonly after: readonly CollectionDefinition[]
  /** The faults of views, by id. */
  readonly viewFaults: ReadonlyMap<string, string>
}

/** All definitions with the drafts in place, views last and with their fields. */
function applied(kept: readonly CollectionDefinition[], drafts: readonly SchemaDraft[]): Applied {
  const viewFaults = new Map<string, string>()
  const ordered = drafts.toSorted((a, b) => Number(isView(a.next)) - Number(isView(b.next)))
  const after = ordered.reduce<CollectionDefinition[]>(
    (all, { previous, next }) => {
      const derived = isView(next) ? deriveView(next, all) : { view: next, fault: undefined }
      if (derived.fault !== undefined) viewFaults.set(next.id, derived.fault)
      return withDerivedViews(withDefinition(all, derived.view), previous, derived.view)
    },
    [...kept],
  )
  return { after, viewFaults }
}

interface IdentifiedPair extends DefinitionPair {
  readonly id: string
}

function pairsOf(
  stored: readonly CollectionDefinition[],
  after: readonly CollectionDefinition[],
): IdentifiedPair[] {
  const ids = new Set([...after, ...stored].map(({ id }) => id))
  return [...ids].map((id) => ({
    id,
    before: stored.find((definition) => definition.id === id),
    after: after.find((definition) => definition.id === id),
  }))
}

function changesOf(
  pair: IdentifiedPair,
  drafts: readonly SchemaDraft[],
  { allow, source, phase }: SchemaRequest,
): PreparedChange[] {
  const draft = drafts.find(({ next }) => next.id === pair.id)
  const isSure = draft === undefined || source !== 'push' || phase === 'expand'
  const unclear = isSure ? [] : ambiguities(draft, allow)
  const isUnclear = (name: unknown) =>
    unclear.some(({ change: { gone, new: fresh } }) => [...gone, ...fresh].includes(String(name)))
  return [
    ...unclear,
    ...definitionChanges(pair.before, pair.after)
      .filter(
        ({ kind, field }) => !(['field.drop', 'field.add'].includes(kind) && isUnclear(field)),
      )
      .map((change) => ({
        change: { ...change },
        risk: 'safe' as const,
        judge: judgeOf(change, pair),
        collectionId: pair.id,
      })),
  ]
}

/** Fields of one type that went and came: a new name, or another field? */
function ambiguities(
  { gone, fresh, next }: SchemaDraft,
  allow: readonly string[],
): (PreparedChange & {
  readonly change: { readonly gone: readonly string[]; readonly new: readonly string[] }
})[] {
  const types = [...new Set(gone.map(({ type }) => type))]
  return types.flatMap((type) => {
    const ofType = (fields: readonly FieldDefinition[]) =>
      fields.filter((field) => field.type === type).map(({ name }) => name)
    const left = ofType(gone).filter((name) => !allow.includes(`drop:${next.name}.${name}`))
    const came = ofType(fresh)
    if (left.length === 0 || came.length === 0) return []
    const change = {
      kind: 'field.ambiguous',
      collection: next.name,
      gone: left,
      new: came,
      allow: left.map((name) => `drop:${next.name}.${name}`),
    }
    return [{ change, risk: 'blocked' as const, judge: undefined, collectionId: next.id }]
  })
}

function blocked(change: PreparedChange['change'], collectionId = ''): PreparedChange {
  return { change, risk: 'blocked', judge: undefined, collectionId }
}

/** The issues of a draft, as a change that cannot be applied. */
function invalidity(
  { previous, next: draft, type }: SchemaDraft,
  after: readonly CollectionDefinition[],
  viewFaults: ReadonlyMap<string, string>,
): PreparedChange[] {
  const next = after.find(({ id }) => id === draft.id) ?? draft
  const catalog = lazy(() => compileCollections(after))
  const issues: Issues = validateDefinition({
    next,
    // A new definition counts as stored, because the definitions may refer to each other.
    previous: previous ?? next,
    type,
    stored: after,
    viewFault: viewFaults.get(next.id),
    ruleFault: (rule) => {
      const collection = catalog().find(next.id)
      return collection && validateRule(rule, collection, catalog())
    },
  })
  if (Object.keys(issues).length === 0) return []
  return [blocked({ kind: 'invalid', collection: next.name, issues }, next.id)]
}

/** The contract phase only takes away, so what it would add must be there already. */
function unexpanded(drafts: readonly SchemaDraft[]): PreparedChange[] {
  return drafts
    .filter(
      ({ previous, next }) =>
        previous === undefined ||
        (next !== previous && isChanged(previous, expanded(previous, next))),
    )
    .map(({ next }) => blocked({ kind: 'phase', collection: next.name }, next.id))
}

/** The definitions of a push in the stored form, without secrets. */
export function pushedTexts(pushed: readonly CollectionDefinition[]): Map<string, string> {
  return new Map(
    pushed.map((definition) => [definition.id, JSON.stringify(definitionJson(definition))]),
  )
}
