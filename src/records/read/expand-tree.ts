import type { RequestInfo } from '#filter/schema.ts'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { type ExpandPath, type ExpandStep, parseExpand } from './expand-paths.ts'
import { ruleCondition, storedRow } from './rule-query.ts'

/** A relation that one or more paths follow from the same section, and the relations after it. */
export interface Branch {
  readonly step: ExpandStep
  /** Numbers the branches, from 1. The records themselves are section 0. */
  readonly section: number
  /** The section it starts from. */
  readonly parent: number
  readonly children: Map<string, Branch>
}

/** The parsed `expand` parameter: its paths, and the distinct relations they follow. */
export interface ExpandTree {
  readonly paths: readonly ExpandPath[]
  readonly children: ReadonlyMap<string, Branch>
  /** All branches, parents first. */
  readonly branches: readonly Branch[]
}

/** Maximum relations in one statement, to stay below D1's limits. */
const maxBranches = 100

/**
 * Parses an `expand` parameter for a viewer.
 *
 * @throws {ApiError} `badRequest` for more relations than one statement can have
 */
export function readExpand(
  expand: string,
  collection: Collection,
  collections: CollectionSet,
  viewer: RequestInfo,
): ExpandTree {
  const paths =
    expand === ''
      ? []
      : parseExpand(expand, collection, { collections, isSuperuser: viewer.isSuperuser })
  const closed = viewer.isSuperuser
    ? new Set<Collection>()
    : closedTargets(paths, collections, viewer)
  return growTree(
    paths.map((path) => {
      const end = path.steps.findIndex(({ target }) => closed.has(target))
      return end === -1 ? path : { steps: path.steps.slice(0, end), isBroken: true }
    }),
  )
}

/** The collections whose view rule denies all records, or can no longer be compiled. */
function closedTargets(
  paths: readonly ExpandPath[],
  collections: CollectionSet,
  viewer: RequestInfo,
): ReadonlySet<Collection> {
  const targets = new Set(paths.flatMap(({ steps }) => steps.map(({ target }) => target)))
  const isClosed = (target: Collection): boolean =>
    ruleCondition(collections, viewer, target.rules.view, storedRow(target, '')) === undefined
  return new Set([...targets].filter(isClosed))
}

function growTree(paths: readonly ExpandPath[]): ExpandTree {
  const children = new Map<string, Branch>()
  const branches: Branch[] = []
  for (const path of paths) {
    let level = children
    let parent = 0
    for (const step of path.steps) {
      let branch = level.get(step.key)
      if (branch === undefined) {
        branch = { step, section: branches.length + 1, parent, children: new Map() }
        branches.push(branch)
        level.set(step.key, branch)
      }
      level = branch.children
      parent = branch.section
    }
  }
  if (branches.length > maxBranches) throw new ApiError(commonErrors.badRequest)
  return { paths, children, branches }
}
