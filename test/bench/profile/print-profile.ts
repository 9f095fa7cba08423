import type { FunctionTime, ProfileTimes } from './cpu-profile.ts'

/** The functions to print. */
const mostFunctions = 30

/** The tables of a profile: time by part of the source, then by function. */
export function profileTables(
  { total, parts, functions }: ProfileTimes,
  requests: number,
  cpuMicroseconds: number,
): string {
  const micros = (time: number): string => (time / requests).toFixed(1).padStart(10)
  const share = (time: number): string => `${((100 * time) / total).toFixed(1)} %`.padStart(9)
  const partLine = ([part, own]: readonly [string, number]): string =>
    `${micros(own)}${share(own)}   ${part}\n`
  const functionLine = ({ name, place, own, total: withCalls }: FunctionTime): string =>
    `${micros(own)}${share(own)}${micros(withCalls)}   ${name}  ${place}\n`
  return (
    `${requests} requests: ${(cpuMicroseconds / requests).toFixed(0)} µs of CPU time each, with the profiler; ` +
    `${(total / requests).toFixed(0)} µs by the clock, as in the tables\n\n` +
    `  µs each    share   part of the source\n${parts.map(partLine).join('')}\n` +
    `  µs each    share with calls   function\n` +
    functions.slice(0, mostFunctions).map(functionLine).join('')
  )
}
