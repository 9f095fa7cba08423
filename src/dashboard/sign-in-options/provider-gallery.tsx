import { readFailure } from '#dashboard/api/failure.ts'
import { useOAuth2Providers } from '#dashboard/api/oauth2-providers.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { ProviderLogo } from './provider-logo.tsx'
import styles from './sign-in-options.module.css'

interface GalleryProps {
  readonly taken: readonly string[]
  readonly onChoose: (name: string) => void
  readonly onClose: () => void
}

const texts = t.signInOptions.oauth2

/** The providers that are not in use yet. */
export function ProviderGallery({ taken, onChoose, onClose }: GalleryProps) {
  const { data, error, refetch } = useOAuth2Providers()
  return (
    <Dialog title={texts.galleryTitle} width="wide" onClose={onClose}>
      {error !== null && (
        <FailureNote
          title={texts.galleryUnreadable}
          failure={readFailure(error)}
          onRetry={() => void refetch()}
        />
      )}
      {data === undefined && error === null && <Skeleton />}
      <ul className={styles.gallery}>
        {data
          ?.filter(({ name }) => !taken.includes(name))
          .map(({ name, displayName, logo }) => (
            <li key={name}>
              <button type="button" onClick={() => onChoose(name)}>
                <ProviderLogo svg={logo} />
                <span>
                  {displayName}
                  {/^oidc\d/.test(name) && ` (${name})`}
                </span>
              </button>
            </li>
          ))}
      </ul>
    </Dialog>
  )
}
