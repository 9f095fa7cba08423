import { useSettings } from './settings.ts'

/** What every screen shows of the deployment it is about. */
export interface Deployment {
  readonly appName: string
  /** The word and colour that tell this deployment from others; no colour is our own. */
  readonly environment: { readonly name: string; readonly accent: string } | undefined
  /** True on the machine that runs it: mails are caught in the inbox there. */
  readonly isLocal: boolean
}

/** PocketBase's default, which nobody chose. */
const unchosenAccent = '#1055c9'

const isLocal = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(location.hostname)

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
