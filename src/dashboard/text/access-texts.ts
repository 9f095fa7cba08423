import { t as definitionTexts } from './definition-texts.ts'
import { explain } from './en/explain.ts'
import { ruleWarnings } from './en/rule-warnings.ts'
import { superusers } from './en/superusers.ts'

/** All texts, including those of the screens of access, which load together with them. */
export const t = { ...definitionTexts, explain, ruleWarnings, superusers }
