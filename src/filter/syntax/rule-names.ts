/** The rules that guard a collection's records, by their keys in a definition, in the order of use. */
export const recordRules = [
  'listRule',
  'viewRule',
  'createRule',
  'updateRule',
  'deleteRule',
] as const

/** The rules that auth collections have besides. */
export const accountRules = ['authRule', 'manageRule'] as const

/** All rules of all types of collections, save the one about second factors, which is an option. */
export const ruleNames = [...recordRules, ...accountRules] as const

/** The name of a rule. */
export type RuleName = (typeof ruleNames)[number]
