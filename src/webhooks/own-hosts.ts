import type { Settings } from '#settings/settings.ts'

/** The host names under which the settings know the deployment. */
export function ownHosts({ meta }: Settings): string[] {
  return URL.canParse(meta.appURL) ? [new URL(meta.appURL).hostname] : []
}
