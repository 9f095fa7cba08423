import { useSettings } from './settings.ts'

/** The properties of the deployment that every screen shows. */
export interface Deployment {
  readonly appName: string
  /** The name and colour that identify this deployment. Without a colour the default is used. */
  readonly environment: { readonly name: string; readonly accent: string } | undefined
  /** True on a local machine, where mails go to the inbox. */
  readonly isLocal: boolean
}

/** PocketBase's default accent, which counts as not set. */
const unchosenAccent = '#1055c9'

/** True on a local machine, where mails go to the inbox. */
export const isLocal = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(location.hostname)

/** The deployment, from its settings. */
export function useDeployment(): Deployment {
  const { data } = useSettings()
  const chosen = data?.meta.accentColor
  const accent = chosen === undefined || chosen === unchosenAccent ? '' : chosen
  return {
    appName: data?.meta.appName ?? 'Arete',
    environment: isLocal ? { name: 'Local', accent } : undefined,
    isLocal,
  }
}
