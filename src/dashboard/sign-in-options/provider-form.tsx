import { ExternalLink, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useOAuth2Providers, useProviderAddress } from '#dashboard/api/oauth2-providers.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button, buttonClass } from '#dashboard/ui/button.tsx'
import { Field, PasswordInput, Select } from '#dashboard/ui/field.tsx'
import { AppleSecretDialog } from './apple-secret-dialog.tsx'
import { ExtraOptions } from './extra-options.tsx'
import { Folded } from './folded.tsx'
import { useOption, useOptionForm } from './option-context.ts'
import { TextOption } from './option-inputs.tsx'
import type { ProviderOptions } from './provider.ts'
import { ProviderLogo } from './provider-logo.tsx'
import styles from './sign-in-options.module.css'

interface ProviderProps {
  readonly index: number
  readonly provider: ProviderOptions
  readonly onRemove: () => void
}

const texts = t.signInOptions.oauth2

/** The options of one provider. */
export function ProviderForm({ index, provider, onRemove }: ProviderProps) {
  const { data: known = [] } = useOAuth2Providers()
  const { errors } = useOptionForm()
  const isOpenId = provider.name.startsWith('oidc')
  const path = `oauth2.providers.${index}`
  const own = known.find(({ name }) => name === provider.name)
  const title = own?.displayName ?? provider.name
  const hasError = [...errors.keys()].some((key) => key.startsWith(path))
  return (
    <Folded
      isOpenAtFirst={provider.clientId === ''}
      hasError={hasError}
      summary={
        <>
          {own !== undefined && <ProviderLogo svg={own.logo} />}
          <strong>{title}</strong>
          <span className={styles.muted}>{provider.clientId}</span>
        </>
      }
    >
      <div className={styles.pair}>
        <TextOption path={`${path}.clientId`} label={texts.clientId} />
        <Secret path={`${path}.clientSecret`} provider={provider} />
      </div>
      {isOpenId && <TextOption path={`${path}.displayName`} label={texts.displayName} />}
      <Folded look="plain" isOpenAtFirst={isOpenId} hasError={hasError} summary={texts.addresses}>
        {!isOpenId && <TextOption path={`${path}.displayName`} label={texts.displayName} />}
        <TextOption path={`${path}.authURL`} label={texts.authURL} help={texts.ownAddress} />
        <TextOption path={`${path}.tokenURL`} label={texts.tokenURL} />
        <TextOption path={`${path}.userInfoURL`} label={texts.userInfoURL} />
        <Pkce path={`${path}.pkce`} />
        <ExtraOptions path={`${path}.extra`} provider={provider.name} />
      </Folded>
      <div className={styles.actions}>
        <TestLink provider={provider.name} />
        <Button size="small" icon={Trash2} onClick={onRemove}>
          {texts.remove({ name: title })}
        </Button>
      </div>
    </Folded>
  )
}

interface SecretProps {
  readonly path: string
  readonly provider: ProviderOptions
}

/** The secret can be replaced, but not read. An untouched one is not sent, so the server keeps it. */
function Secret({ path, provider }: SecretProps) {
  const { value, error, set } = useOption(path)
  const [isSigning, setSigning] = useState(false)
  return (
    <Field label={texts.clientSecret} help={texts.secretHelp} error={error}>
      {(control) => (
        <>
          <PasswordInput
            {...control}
            autoComplete="new-password"
            value={typeof value === 'string' ? value : ''}
            onChange={({ target }) => set(target.value === '' ? undefined : target.value)}
          />
          {provider.name === 'apple' && (
            <div>
              <Button size="small" onClick={() => setSigning(true)}>
                {texts.makeSecret}
              </Button>
            </div>
          )}
          {isSigning && (
            <AppleSecretDialog
              clientId={provider.clientId}
              onMade={set}
              onClose={() => setSigning(false)}
            />
          )}
        </>
      )}
    </Field>
  )
}

const pkceChoices = ['default', 'on', 'off'] as const

function Pkce({ path }: { readonly path: string }) {
  const { value, error, set } = useOption(path)
  const chosen = value === true ? 'on' : value === false ? 'off' : 'default'
  return (
    <Field label={texts.pkce} help={texts.pkceHelp} error={error}>
      {(control) => (
        <Select
          {...control}
          value={chosen}
          options={pkceChoices.map((choice) => ({
            value: choice,
            label: texts.pkceChoice[choice],
          }))}
          onChange={(choice) => set(choice === 'default' ? null : choice === 'on')}
        />
      )}
    </Field>
  )
}

/** Opens the provider's page as users see it, with what is stored. It signs in to nothing here. */
function TestLink({ provider }: { readonly provider: string }) {
  const { base } = useOptionForm()
  const { data } = useProviderAddress(base.name, provider)
  if (data === undefined) return null
  const redirect = encodeURIComponent(`${location.origin}/api/oauth2-redirect`)
  return (
    <a
      className={buttonClass('secondary', 'small')}
      href={`${data}${redirect}`}
      target="_blank"
      rel="noopener noreferrer"
    >
      <ExternalLink size={16} strokeWidth={1.75} aria-hidden />
      {texts.test}
    </a>
  )
}
