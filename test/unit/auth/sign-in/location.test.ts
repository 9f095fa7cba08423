import { describe, it } from 'vitest'
import { placeOf } from '#auth/sign-in/location.ts'

function requestFrom(cf: unknown, country?: string): Request {
  const headers = country === undefined ? undefined : { 'CF-IPCountry': country }
  return Object.assign(new Request('http://localhost/', { headers }), { cf })
}

const cases = [
  {
    name: 'city and country',
    request: requestFrom({ city: 'Lyon', country: 'FR' }),
    place: 'Lyon, FR',
  },
  { name: 'the country alone', request: requestFrom({ country: 'FR' }), place: 'FR' },
  { name: 'the header without the edge', request: requestFrom(undefined, 'NO'), place: 'NO' },
  { name: 'nothing for an unknown country', request: requestFrom(undefined, 'XX'), place: '' },
  { name: 'nothing for Tor', request: requestFrom({ country: 'T1' }), place: '' },
  { name: 'nothing without both', request: requestFrom(undefined), place: '' },
  { name: 'nothing for what is no place', request: requestFrom({ city: 7 }), place: '' },
]

describe('placeOf', () => {
  for (const { name, request, place } of cases) {
    it(`shows ${name}`, ({ expect }) => {
      expect(placeOf(request)).toBe(place)
    })
  }

  it('is short, because KV limits metadata', ({ expect }) => {
    const place = placeOf(requestFrom({ city: 'x'.repeat(5000), country: 'FR' }))

    expect(place.length).toBe(100)
  })
})
