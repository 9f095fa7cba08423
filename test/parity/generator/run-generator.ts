import type { Baseline } from '../baseline.ts'
import type { Options } from '../options.ts'
import type { Pair } from '../pair.ts'
import type { Report } from '../report.ts'

export async function runGenerator(
  _p: Pair,
  _r: Report,
  _b: Baseline,
  _o: Options,
): Promise<void> {}
