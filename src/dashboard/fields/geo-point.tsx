import { type ClipboardEvent, useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { TextInput } from '#dashboard/ui/field.tsx'
import { TextCell } from '#dashboard/fields/input/cells.tsx'
import { jsonCodec } from '#dashboard/fields/values/csv-codec.ts'
import { type FieldType, type InputProps } from './field-type.ts'
import { FieldInputGroup } from '#dashboard/fields/input/field-input.tsx'
import styles from './fields.module.css'
import { readNumber } from '#dashboard/fields/values/number-value.ts'

interface Point {
  readonly lat: number
  readonly lon: number
}

/** A point on the earth. */
export const geoPoint: FieldType = {
  letters: 'Ge',
  label: t.fields.types.geoPoint,
  width: 180,
  isSortable: false,
  csv: jsonCodec,
  initial: () => ({ lat: 0, lon: 0 }),
  Cell: ({ value }) => {
    const { lat, lon } = readPoint(value)
    return <TextCell text={lat === 0 && lon === 0 ? '' : `${lat}, ${lon}`} isMono />
  },
  Input: GeoPointInput,
}

function readPoint(value: unknown): Point {
  const { lat, lon } = (value ?? {}) as Partial<Record<keyof Point, unknown>>
  return { lat: typeof lat === 'number' ? lat : 0, lon: typeof lon === 'number' ? lon : 0 }
}

/** Two coordinates as they are copied from a map. */
function readPair(copied: string): Point | undefined {
  const parts = copied.trim().split(/\s*[,;]\s*|\s+/)
  const [lat, lon] = parts.map(readNumber)
  if (parts.length !== 2 || parts.includes('') || lat === undefined || lon === undefined)
    return undefined
  return { lat, lon }
}

function GeoPointInput({ field, value, onChange, error, isReadOnly }: InputProps) {
  const point = readPoint(value)
  const paste = (event: ClipboardEvent): void => {
    const pair = readPair(event.clipboardData.getData('text'))
    if (pair === undefined || isReadOnly) return
    event.preventDefault()
    onChange(pair)
  }
  return (
    <FieldInputGroup field={field} error={error}>
      <div className={styles.pair} onPaste={paste}>
        <Coordinate
          label={t.fields.latitude}
          value={point.lat}
          isReadOnly={isReadOnly}
          onChange={(lat) => onChange({ ...point, lat })}
        />
        <Coordinate
          label={t.fields.longitude}
          value={point.lon}
          isReadOnly={isReadOnly}
          onChange={(lon) => onChange({ ...point, lon })}
        />
      </div>
    </FieldInputGroup>
  )
}

interface CoordinateProps {
  readonly label: string
  readonly value: number
  readonly isReadOnly: boolean
  readonly onChange: (value: number) => void
}

function Coordinate({ label, value, isReadOnly, onChange }: CoordinateProps) {
  const [typed, setTyped] = useState<string>()
  const isCurrent = typed !== undefined && (readNumber(typed) ?? value) === value
  return (
    <label>
      {label}
      <TextInput
        inputMode="decimal"
        isMono
        readOnly={isReadOnly}
        value={isCurrent ? typed : String(value)}
        aria-invalid={isCurrent && readNumber(typed) === undefined ? true : undefined}
        onChange={(event) => {
          setTyped(event.target.value)
          const read = readNumber(event.target.value)
          if (read !== undefined) onChange(read)
        }}
      />
    </label>
  )
}
