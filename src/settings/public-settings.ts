import { defaultSettings } from './defaults.ts'
import type { S3Settings, Settings } from './settings.ts'

type PublicS3 = Omit<S3Settings, 'secret'>

/** The settings a superuser can read. Secrets can be set but never read. */
export type PublicSettings = Omit<Settings, 'smtp' | 'backups' | 's3' | 'arete'> & {
  readonly arete?: Settings['arete']
  readonly smtp: Omit<Settings['smtp'], 'password'>
  readonly backups: Omit<Settings['backups'], 's3'> & { readonly s3: PublicS3 }
  readonly s3: PublicS3
}

/** Returns the settings without their secrets, in the order of the response. */
export function publicSettings(settings: Settings): PublicSettings {
  const { arete, ...compatible } = settings
  const isDefault = JSON.stringify(arete) === JSON.stringify(defaultSettings.arete)
  return {
    ...compatible,
    smtp: without(settings.smtp, 'password'),
    backups: { ...settings.backups, s3: without(settings.backups.s3, 'secret') },
    s3: without(settings.s3, 'secret'),
    ...(isDefault ? {} : { arete }),
  }
}

function without<T extends object, K extends keyof T & string>(value: T, hidden: K): Omit<T, K> {
  const { [hidden]: _, ...rest } = value
  return rest
}
