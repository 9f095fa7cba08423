/** The most bytes a single value may take: a row of D1 holds two million, and other columns. */
export const maxColumnBytes = 1_500_000
