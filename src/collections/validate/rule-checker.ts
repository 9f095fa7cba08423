import { validateRule } from '#filter/validate-rule.ts'
import { lazy } from '#kernel/lazy.ts'
import { compileCollections } from '#catalog/compile/compile.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'

/**
 * Returns a function that validates a rule against all future definitions. They are compiled with
 * the first rule, if there is one.
 */
export function ruleChecker(
  definition: CollectionDefinition,
  definitions: readonly CollectionDefinition[],
): (rule: string) => string | undefined {
  const catalog = lazy(() => compileCollections(definitions))
  return (rule) => {
    const collection = catalog().find(definition.id)
    return collection && validateRule(rule, collection, catalog())
  }
}
