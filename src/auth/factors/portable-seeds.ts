import type { SettingsKeys } from '#settings/secrets.ts'
import { usableKey } from '#settings/secrets.ts'
import { openSeed, type SeedPlace, sealSeed } from './seed-sealing.ts'
import { fromBase32, toBase32 } from './totp.ts'

/** Opens and seals seeds for their way from one deployment to another. */
export interface PortableSeeds {
  /** The seed in base32; undefined if no key opens it. */
  open(place: SeedPlace, sealed: string): Promise<string | undefined>
  /** The sealed seed; undefined without a key. */
  seal(place: SeedPlace, seed: string): Promise<string | undefined>
}

/** Opens and seals the seeds of a deployment with its keys. */
export function portableSeeds(keys: SettingsKeys): PortableSeeds {
  return {
    async open(place, sealed) {
      const seed = await openSeed(keys, place, sealed)
      return seed === undefined ? undefined : toBase32(seed)
    },
    async seal(place, seed) {
      if (usableKey(keys.SETTINGS_KEY) === undefined) return undefined
      return await sealSeed(keys, place, fromBase32(seed))
    },
  }
}
