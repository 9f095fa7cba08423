import { describe, it } from 'vitest'
import { scaffold } from '#catalog/scaffolds.ts'
import { decodeStored, encodeStored } from '#catalog/stored-definition.ts'
import { systemCollections } from '#catalog/system-collections.ts'

describe('stored definitions', () => {
  it.for([...systemCollections, { ...scaffold('view'), name: 'view' }])(
    'survive a round trip: $name',
    (definition, { expect }) => {
      const restored = decodeStored(encodeStored(definition))

      // Compared as strings, since clients see the order of keys.
      expect(JSON.stringify(restored.fields)).toBe(JSON.stringify(definition.fields))
      expect(restored).toEqual(definition)
    },
  )

  const [row] = systemCollections.map(encodeStored)

  it.for([
    { name: 'an unknown type', change: { type: 'table' } },
    { name: 'fields that are none', change: { fields: '[{"name":"a"}]' } },
    { name: 'text that is no JSON', change: { indexes: '[' } },
  ])('are refused with $name', ({ change }, { expect }) => {
    expect(() => decodeStored({ ...row, ...change })).toThrow()
  })
})
