/** Values and editors of the field types. */
export const fields = {}
