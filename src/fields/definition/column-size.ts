/** Maximum bytes of a single value. A row of D1 holds two million, including all other columns. */
export const maxColumnBytes = 1_500_000
