import { type SQL, sql } from 'drizzle-orm'
import { parseJson } from '#go-compat/casts.ts'
import { constraint, createField } from '#fields/definition/create-field.ts'
import { defineFieldType } from '#fields/definition/define-field-type.ts'
import { type FieldShape, limits, type ShapeUse } from '#fields/definition/field-shape.ts'
import { commonOptions } from '#fields/definition/options.ts'

/** A location in degrees. The column stores the keys in this order. */
interface GeoPoint {
  readonly lon: number
  readonly lat: number
}

/** A location; 0, 0 means not set. */
export const geoPointField = defineFieldType({
  type: 'geoPoint',
  options: commonOptions,
  compile: (definition) =>
    createField<GeoPoint>(definition, {
      column: { type: 'JSON', default: `'{"lon":0,"lat":0}'` },
      zero: { lon: 0, lat: 0 },
      jsonAccess: 'members',
      shape: (use) => ({
        type: 'object',
        properties: { lon: degreeShape(use, 180), lat: degreeShape(use, 90) },
        required: ['lon', 'lat'],
      }),
      normalise: (input) => pointOf(typeof input === 'string' ? parseJson(input) : input),
      isBlank: ({ lon, lat }) => lon === 0 && lat === 0,
      isStoredBlank: (value) => sql`(${member(value, 'lon')} = 0 AND ${member(value, 'lat')} = 0)`,
      constraints: [
        constraint(
          {
            code: 'validation_invalid_latitude',
            message: 'Latitude must be between -90 and 90 degrees.',
          },
          ({ lat }) => Math.abs(lat) > 90,
          (value) => sql`abs(${member(value, 'lat')}) > 90`,
        ),
        constraint(
          {
            code: 'validation_invalid_longitude',
            message: 'Longitude must be between -180 and 180 degrees.',
          },
          ({ lon }) => Math.abs(lon) > 180,
          (value) => sql`abs(${member(value, 'lon')}) > 180`,
        ),
      ],
      toColumn: ({ lon, lat }) => JSON.stringify({ lon, lat }),
    }),
})

function degreeShape(use: ShapeUse, max: number): FieldShape {
  return { type: 'number', ...(use === 'read' ? {} : limits(-max, max)) }
}

/** Missing or invalid coordinates are 0. */
function pointOf(value: unknown): GeoPoint {
  const { lon, lat }: Partial<Record<keyof GeoPoint, unknown>> =
    typeof value === 'object' && value !== null ? value : {}
  return { lon: degrees(lon), lat: degrees(lat) }
}

function degrees(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function member(point: SQL, name: keyof GeoPoint): SQL {
  return sql`coalesce(iif(json_valid(${point}), json_extract(${point}, ${`$.${name}`}), 0), 0)`
}
