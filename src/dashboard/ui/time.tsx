import { useSyncExternalStore } from 'react'
import { formatRelative, formatTime, type Zone } from '#dashboard/text/format.ts'
import { readPreference, subscribePreferences } from './preferences.ts'

/** A time in the user's time zone; the tooltip has the other one. */
export function Time({ value }: { readonly value: string | Date }) {
  const zone = useZone()
  const date = typeof value === 'string' ? new Date(value.replace(' ', 'T')) : value
  if (Number.isNaN(date.getTime())) return <>{String(value)}</>
  const other = formatTime(date, zone === 'utc' ? 'local' : 'utc')
  return (
    <time dateTime={date.toISOString()} title={`${other} · ${formatRelative(date)}`}>
      {formatTime(date, zone)}
    </time>
  )
}

/** The zone that the user has chosen for times. */
export function useZone(): Zone {
  return useSyncExternalStore(subscribePreferences, () => readPreference('zone'))
}
