import { useHealth } from '#dashboard/api/operations/health.ts'
import type { Settings } from '#dashboard/api/settings.ts'
import { t } from '#dashboard/text/t.ts'
import { lockOutQuestion } from './lock-out-question.ts'
import { LinesSetting, Section, SwitchSetting } from './setting-fields.tsx'
import { SettingsForm } from './settings-form.tsx'
import styles from './settings.module.css'

const texts = t.settings.network

/** The proxies to trust, and the addresses that superusers may act from. */
export function NetworkPage({ settings }: { readonly settings: Settings }) {
  const { data: health } = useHealth()
  const address = health?.realIP ?? ''
  return (
    <SettingsForm settings={settings} ask={(draft) => lockOutQuestion(draft, address)}>
      <Section title={texts.proxy}>
        <p className={styles.help}>{texts.proxyHelp}</p>
        <dl className={styles.facts} aria-label={texts.seen}>
          <dt>{texts.yourAddress}</dt>
          <dd>{address}</dd>
          <dt>{texts.proxyHeader}</dt>
          <dd>
            {(health?.possibleProxyHeader ?? '') === ''
              ? texts.noProxyHeader
              : health?.possibleProxyHeader}
          </dd>
        </dl>
        <LinesSetting
          path="trustedProxy.headers"
          label={texts.headers}
          help={t.settings.onePerLine}
        />
        <SwitchSetting path="trustedProxy.useLeftmostIP" label={texts.leftmost} />
      </Section>
      <Section title={texts.allowed}>
        <LinesSetting
          path="superuserIPs"
          label={texts.superuserIPs}
          help={texts.superuserIPsHelp}
        />
      </Section>
    </SettingsForm>
  )
}
