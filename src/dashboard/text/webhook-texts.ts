import { t as definitionTexts } from './definition-texts.ts'
import { webhooks } from './en/webhooks.ts'

/** All texts and the texts of the webhook screens, which load together with them. */
export const t = { ...definitionTexts, webhooks }
