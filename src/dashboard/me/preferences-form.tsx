import { useSyncExternalStore } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Checkbox, FieldGroup, optionsFrom, RadioGroup } from '#dashboard/ui/field.tsx'
import {
  type PreferenceName,
  type PreferenceValue,
  readPreference,
  subscribePreferences,
  writePreference,
} from '#dashboard/ui/preferences.ts'
import styles from './me.module.css'

/** The looks and behaviour of the dashboard in this browser. A choice applies at once. */
export function Preferences() {
  const singleKeys = useSyncExternalStore(subscribePreferences, () => readPreference('singleKeys'))
  return (
    <>
      <div className={styles.choices}>
        <Choice name="theme" label={t.shell.theme} labels={t.shell.themes} />
        <Choice name="density" label={t.shell.density} labels={t.shell.densities} />
        <Choice name="zone" label={t.shell.zone} labels={t.shell.zones} />
        <Choice name="motion" label={t.me.motion} labels={t.me.motions} />
      </div>
      <div>
        <Checkbox
          label={t.me.singleKeys}
          isChecked={singleKeys === 'on'}
          onChange={(isOn) => writePreference('singleKeys', isOn ? 'on' : 'off')}
        />
        <p className={styles.quiet}>{t.me.singleKeysHelp}</p>
      </div>
    </>
  )
}

interface ChoiceProps<Name extends PreferenceName> {
  readonly name: Name
  readonly label: string
  readonly labels: Readonly<Record<PreferenceValue<Name>, string>>
}

function Choice<Name extends PreferenceName>({ name, label, labels }: ChoiceProps<Name>) {
  const value = useSyncExternalStore(subscribePreferences, () => readPreference(name))
  return (
    <FieldGroup label={label}>
      <RadioGroup<PreferenceValue<Name>>
        name={name}
        value={value}
        options={optionsFrom(labels)}
        onChange={(chosen) => writePreference(name, chosen)}
      />
    </FieldGroup>
  )
}
