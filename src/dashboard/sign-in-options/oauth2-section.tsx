import { Plus } from 'lucide-react'
import { useState } from 'react'
import { lacksProvider } from '#dashboard/api/oauth2-options.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import { MappedFields } from './mapped-fields.tsx'
import { useOption } from './option-context.ts'
import { OptionSection, SwitchOption } from './option-inputs.tsx'
import { newProvider, type ProviderOptions } from './provider.ts'
import { ProviderForm } from './provider-form.tsx'
import { ProviderGallery } from './provider-gallery.tsx'
import styles from './sign-in-options.module.css'

const texts = t.signInOptions.oauth2

/** Signing in with an account elsewhere. */
export function OAuth2Section() {
  const { value, set } = useOption('oauth2.providers')
  const { value: isEnabled } = useOption('oauth2.enabled')
  const [isChoosing, setChoosing] = useState(false)
  const providers = (Array.isArray(value) ? value : []) as readonly ProviderOptions[]
  const add = (name: string): void => {
    set([...providers, newProvider(name)])
    setChoosing(false)
  }
  return (
    <OptionSection title={texts.title}>
      <SwitchOption path="oauth2.enabled" label={texts.enabled} />
      {lacksProvider({ enabled: isEnabled, providers }) && (
        <Note look="warning">{texts.noProvider}</Note>
      )}
      {(isEnabled === true || providers.length > 0) && (
        <>
          <RedirectAddress />
          {providers.map((provider, index) => (
            <ProviderForm
              key={provider.name}
              index={index}
              provider={provider}
              onRemove={() => set(providers.toSpliced(index, 1))}
            />
          ))}
          <div>
            <Button icon={Plus} onClick={() => setChoosing(true)}>
              {texts.add}
            </Button>
          </div>
          <MappedFields />
        </>
      )}
      {isChoosing && (
        <ProviderGallery
          taken={providers.map(({ name }) => name)}
          onChoose={add}
          onClose={() => setChoosing(false)}
        />
      )}
    </OptionSection>
  )
}

/** The address that providers send their users back to. */
function RedirectAddress() {
  const address = `${location.origin}/api/oauth2-redirect`
  return (
    <div className={styles.redirect}>
      <span>{texts.redirect}</span>
      <code>{address}</code>
      <CopyButton text={address} label={texts.copyRedirect} />
    </div>
  )
}
