import { t as definitionTexts } from './definition-texts.ts'
import { explain } from './en/explain.ts'
import { ruleWarnings } from './en/rule-warnings.ts'
import { superusers } from './en/superusers.ts'

/** All texts and the texts of the access screens, which load together with those screens. */
export const t = { ...definitionTexts, explain, ruleWarnings, superusers }
