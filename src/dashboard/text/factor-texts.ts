import { en } from './en.ts'
import { factors } from './en/factors.ts'

/** All texts and the texts about second factors, which load together with their parts of screens. */
export const t = { ...en, factors }
