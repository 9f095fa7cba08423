import { counted, printable } from '#cli/terminal/wording.ts'
import type { Examination, Level } from './finding.ts'

/** The report for a terminal: each place with its findings, then a count. */
export function reportText(examinations: readonly Examination[]): string {
  const parts = examinations.map(({ place, findings }) =>
    [`${place}\n`, ...findings.map(findingText)].join(''),
  )
  return `${parts.join('\n')}\n${summary(examinations)}\n`
}

const labels: Readonly<Record<Level, string>> = {
  ok: 'ok      ',
  warning: 'warning ',
  problem: 'PROBLEM ',
}

function findingText({ level, message, fix }: Examination['findings'][number]): string {
  const lines = [message, ...(fix === undefined ? [] : [`Fix: ${fix}`])]
  return lines
    .flatMap((line) => printable(line).split('\n'))
    .map((line, at) => `  ${at === 0 ? labels[level] : ' '.repeat(8)} ${line}\n`)
    .join('')
}

/** The number of findings that are no `ok`. */
function summary(examinations: readonly Examination[]): string {
  const count = (level: Level): number => findingsOf(examinations, level).length
  const [problems, warnings] = [count('problem'), count('warning')]
  if (problems + warnings === 0) return 'Everything is fine.'
  return `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}.`
}

/** The findings of a level, in all places. */
export function findingsOf(
  examinations: readonly Examination[],
  level: Level,
): readonly Examination['findings'][number][] {
  return examinations.flatMap(({ findings }) => findings.filter((each) => each.level === level))
}
