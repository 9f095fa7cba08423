import type { Value } from '#database/value.ts'
import { formatDate } from '#kernel/dates.ts'
import { boundInteger, boundText, type ResolvedOperand } from '#filter/sql/operand.ts'

const moments: Readonly<Record<string, (now: Date) => string>> = {
  '@now': (now) => formatDate(now),
  '@yesterday': (now) => formatDate(shifted(now, -1)),
  '@tomorrow': (now) => formatDate(shifted(now, 1)),
  '@todayStart': (now) => `${day(now)} 00:00:00.000Z`,
  '@todayEnd': (now) => `${day(now)} 23:59:59.999Z`,
  '@monthStart': (now) => `${day(monthDay(now, 0, 1))} 00:00:00.000Z`,
  // Day 0 of the next month is the last day of this one.
  '@monthEnd': (now) => `${day(monthDay(now, 1, 0))} 23:59:59.999Z`,
  '@yearStart': (now) => `${year(now)}-01-01 00:00:00.000Z`,
  '@yearEnd': (now) => `${year(now)}-12-31 23:59:59.999Z`,
}

const parts: Readonly<Record<string, (now: Date) => number>> = {
  '@second': (now) => now.getUTCSeconds(),
  '@minute': (now) => now.getUTCMinutes(),
  '@hour': (now) => now.getUTCHours(),
  '@day': (now) => now.getUTCDate(),
  '@month': (now) => now.getUTCMonth() + 1,
  '@weekday': (now) => now.getUTCDay(),
  '@year': (now) => now.getUTCFullYear(),
}

/**
 * The value of a macro, in UTC: a stored date, or a part of one. Undefined if there is no such
 * macro.
 */
export function macroOperand(name: string, now: Value<Date>): ResolvedOperand | undefined {
  const moment = Object.hasOwn(moments, name) ? moments[name] : undefined
  if (moment !== undefined) return boundText(now.map(moment))
  const part = Object.hasOwn(parts, name) ? parts[name] : undefined
  return part && boundInteger(now.map(part))
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}

function year(date: Date): string {
  return date.toISOString().slice(0, 4)
}

function shifted(date: Date, days: number): Date {
  return new Date(date.getTime() + days * 86_400_000)
}

function monthDay(date: Date, monthsLater: number, dayOfMonth: number): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater, dayOfMonth))
}
