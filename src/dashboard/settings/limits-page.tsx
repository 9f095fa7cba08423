import type { Settings } from '#dashboard/api/settings.ts'
import { t } from '#dashboard/text/t.ts'
import { LinesSetting, NumberSetting, Row, Section, SwitchSetting } from './setting-fields.tsx'
import { RateMatcher } from './rate-matcher.tsx'
import { RateRules } from './rate-rules.tsx'
import { SettingsForm } from './settings-form.tsx'

const texts = t.settings.limits

/** The limits for the rate of requests and for batches. */
export function LimitsPage({ settings }: { readonly settings: Settings }) {
  return (
    <SettingsForm settings={settings}>
      <Section title={texts.rates}>
        <SwitchSetting path="rateLimits.enabled" label={texts.ratesEnabled} />
        <RateRules />
        <RateMatcher />
        <LinesSetting
          path="rateLimits.excludedIPs"
          label={texts.excludedIPs}
          help={texts.excludedIPsHelp}
        />
      </Section>
      <Section title={texts.batch}>
        <SwitchSetting path="batch.enabled" label={texts.batchEnabled} />
        <Row>
          <NumberSetting path="batch.maxRequests" label={texts.batchMaxRequests} />
          <NumberSetting path="batch.timeout" label={texts.batchTimeout} />
        </Row>
        <NumberSetting
          path="batch.maxBodySize"
          label={texts.batchMaxBody}
          help={texts.batchMaxBodyHelp}
        />
      </Section>
    </SettingsForm>
  )
}
