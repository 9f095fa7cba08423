import type { Settings } from '#dashboard/api/settings.ts'
import { t } from '#dashboard/text/t.ts'
import { optionsFrom } from '#dashboard/ui/field.tsx'
import { NumberSetting, Row, Section, SelectSetting, SwitchSetting } from './setting-fields.tsx'
import { SettingsForm } from './settings-form.tsx'

const texts = t.settings.logs

/** The content of the request log, and the days it is kept. */
export function LogsPage({ settings }: { readonly settings: Settings }) {
  const levels = optionsFrom(texts.levels).toSorted((a, b) => Number(a.value) - Number(b.value))
  return (
    <SettingsForm settings={settings}>
      <Section title={texts.section}>
        <Row>
          <NumberSetting path="logs.maxDays" label={texts.maxDays} help={texts.maxDaysHelp} />
          <SelectSetting
            path="logs.minLevel"
            label={texts.minLevel}
            help={texts.minLevelHelp}
            options={levels}
          />
        </Row>
        <SwitchSetting path="logs.logIP" label={texts.logIP} />
        <SwitchSetting path="logs.logAuthId" label={texts.logAuthId} />
      </Section>
    </SettingsForm>
  )
}
