import type { Settings } from '#dashboard/api/settings.ts'
import { t } from '#dashboard/text/t.ts'
import { Field, TextInput } from '#dashboard/ui/field.tsx'
import { Mark, Note } from '#dashboard/ui/states.tsx'
import { Row, Section, SwitchSetting, TextSetting } from './setting-fields.tsx'
import { SettingsForm, useSetting } from './settings-form.tsx'
import styles from './settings.module.css'

const texts = t.settings.application

/** Name, address and looks of the application. */
export function ApplicationPage({ settings }: { readonly settings: Settings }) {
  const isHere = new URL(location.origin).hostname
  const isLocalAddress = /\/\/(?:localhost|127\.)/.test(settings.meta.appURL)
  const isDeployed = !/^(?:localhost|127\.)/.test(isHere)
  return (
    <SettingsForm settings={settings}>
      <Section title={texts.section}>
        <TextSetting path="meta.appName" label={texts.appName} help={texts.appNameHelp} />
        <TextSetting
          path="meta.appURL"
          label={texts.appURL}
          help={texts.appURLHelp}
          inputMode="url"
        />
        {isDeployed && isLocalAddress && <Note look="warning">{texts.appURLLocal}</Note>}
        <Row>
          <AccentSetting />
        </Row>
        <SwitchSetting
          path="meta.hideControls"
          label={texts.hideControls}
          help={texts.hideControlsHelp}
        />
      </Section>
    </SettingsForm>
  )
}

/** The colour as text, and a picker beside it. */
function AccentSetting() {
  const { value, isChanged, error, set } = useSetting('meta.accentColor')
  const text = String(value ?? '')
  return (
    <Field
      label={texts.accentColor}
      help={texts.accentColorHelp}
      error={error}
      note={isChanged ? <Mark look="accent">{t.settings.changed}</Mark> : undefined}
    >
      {(control) => (
        <span className={styles.color}>
          <input
            type="color"
            aria-label={texts.accentColor}
            value={/^#[\da-f]{6}$/i.test(text) ? text : '#000000'}
            onChange={(event) => set(event.target.value)}
          />
          <TextInput
            {...control}
            isMono
            value={text}
            spellCheck={false}
            onChange={(event) => set(event.target.value)}
          />
        </span>
      )}
    </Field>
  )
}
