import { en } from './en.ts'

/** The texts of the dashboard: `t.records.deleteMany({ count: 3 })`. */
export const t = en
