import { docs } from './en/docs.ts'
import { en } from './en.ts'

/** All texts and the texts of the API page and the types, which load together with them. */
export const t = { ...en, docs }
