import { constant } from '#database/query.ts'
import type { DeploymentServices } from '#request-services.ts'
import { type PublicSettings, publicSettings } from '#settings/public-settings.ts'

/** The settings of the deployment: `arete.settings`. */
export interface AreteSettings {
  /** Reads the settings, as superusers see them: without secrets. 1 trip. */
  get(): Promise<PublicSettings>
}

/** Makes `arete.settings`. */
export function createSettings(services: () => DeploymentServices): AreteSettings {
  return {
    get: async () =>
      publicSettings(await services().transactor.read(({ catalog }) => constant(catalog.settings))),
  }
}
