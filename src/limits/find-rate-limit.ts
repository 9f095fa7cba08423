/** The part of a rule that says which requests it limits. */
export interface LabelledRule {
  readonly label: string
  /** Empty for everyone. */
  readonly audience: string
}

/** The labels of a request to a collection: `posts:list` and the like, then `*:list`. */
export function tagLabels(collection: string, tags: readonly string[]): string[] {
  return [...tags.map((tag) => `${collection}:${tag}`), ...tags.map((tag) => `*:${tag}`)]
}

/** The labels of a request by its path. Labels by tag come before them. */
export function pathLabels(method: string, path: string): string[] {
  return [`${method} ${path}`, path]
}

/** The rule for the first label that has one: an equal label, or a prefix that ends in `/`. */
export function findRateLimit<Rule extends LabelledRule>(
  rules: readonly Rule[],
  labels: readonly string[],
  audience: '@guest' | '@auth',
): Rule | undefined {
  const candidates = rules.filter((rule) => rule.audience === '' || rule.audience === audience)
  const prefixes = candidates.filter((rule) => rule.label.endsWith('/'))
  for (const label of labels) {
    const rule =
      candidates.find((candidate) => candidate.label === label) ??
      prefixes.find((candidate) => `${label}/`.startsWith(candidate.label))
    if (rule !== undefined) return rule
  }
  return undefined
}
