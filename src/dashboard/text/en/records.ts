/** Lists of records, and single ones. */
export const records = {}
