import { useState } from 'react'
import type { Settings } from '#dashboard/api/settings.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { optionsFrom } from '#dashboard/ui/field.tsx'
import {
  NumberSetting,
  Row,
  SecretSetting,
  Section,
  SelectSetting,
  SwitchSetting,
  TextSetting,
} from './setting-fields.tsx'
import { SettingsForm, useSetting } from './settings-form.tsx'
import { TestMailDialog } from './test-mail-dialog.tsx'

const texts = t.settings.mail

/** The sender of mails, and their delivery. */
export function MailPage({ settings }: { readonly settings: Settings }) {
  const [isTesting, setTesting] = useState(false)
  return (
    <>
      <SettingsForm settings={settings}>
        <Section title={texts.sender}>
          <Row>
            <TextSetting path="meta.senderName" label={texts.senderName} />
            <TextSetting path="meta.senderAddress" label={texts.senderAddress} inputMode="email" />
          </Row>
        </Section>
        <Section title={texts.delivery}>
          <SwitchSetting path="smtp.enabled" label={texts.enabled} help={texts.enabledHelp} />
          <Server />
          <span>
            <Button onClick={() => setTesting(true)}>{texts.test}</Button>
          </span>
        </Section>
      </SettingsForm>
      {isTesting && <TestMailDialog onClose={() => setTesting(false)} />}
    </>
  )
}

/** The SMTP server, while it is used. */
function Server() {
  const { value: isEnabled } = useSetting('smtp.enabled')
  if (isEnabled !== true) return null
  return (
    <>
      <Row>
        <TextSetting path="smtp.host" label={texts.host} spellCheck={false} />
        <NumberSetting path="smtp.port" label={texts.port} />
      </Row>
      <Row>
        <TextSetting
          path="smtp.username"
          label={texts.username}
          autoComplete="off"
          spellCheck={false}
        />
        <SecretSetting path="smtp.password" label={texts.password} help={texts.passwordHelp} />
      </Row>
      <SwitchSetting path="smtp.tls" label={texts.tls} help={texts.tlsHelp} />
      <Row>
        <SelectSetting
          path="smtp.authMethod"
          label={texts.authMethod}
          options={optionsFrom(texts.authMethods)}
        />
        <TextSetting path="smtp.localName" label={texts.localName} spellCheck={false} />
      </Row>
    </>
  )
}
