import { useNavigate } from '@tanstack/react-router'
import { CircleUserRound, LogOut, UserRoundCog } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { signOut, useAccount } from '#dashboard/api/session.ts'
import { t } from '#dashboard/text/t.ts'
import { Menu, type MenuItem } from '#dashboard/ui/menu.tsx'
import {
  type PreferenceName,
  type PreferenceValue,
  readPreference,
  subscribePreferences,
  writePreference,
} from '#dashboard/ui/preferences.ts'
import styles from './navigation.module.css'

/** The account, the preferences of all screens, and signing out. */
export function AccountMenu() {
  const account = useAccount()
  const navigate = useNavigate()
  const theme = useSyncExternalStore(subscribePreferences, () => readPreference('theme'))
  const density = useSyncExternalStore(subscribePreferences, () => readPreference('density'))
  const zone = useSyncExternalStore(subscribePreferences, () => readPreference('zone'))
  const email = String(account?.['email'] ?? '')
  return (
    <Menu
      label={t.shell.accountMenu}
      items={[
        { heading: t.shell.theme },
        ...choicesOf('theme', theme, t.shell.themes),
        { heading: t.shell.density },
        ...choicesOf('density', density, t.shell.densities),
        { heading: t.shell.zone },
        ...choicesOf('zone', zone, t.shell.zones),
        {},
        { label: t.me.title, icon: UserRoundCog, onSelect: () => void navigate({ to: '/me' }) },
        { label: t.shell.signOut, icon: LogOut, onSelect: () => void signOut() },
      ]}
      trigger={(props) => (
        <button
          type="button"
          {...props}
          className={styles.account}
          aria-label={t.shell.signedInAs({ email })}
        >
          <CircleUserRound size={20} strokeWidth={1.75} aria-hidden />
          <span>{email}</span>
        </button>
      )}
    />
  )
}

function choicesOf<Name extends PreferenceName>(
  name: Name,
  current: PreferenceValue<Name>,
  labels: Readonly<Record<PreferenceValue<Name>, string>>,
): MenuItem[] {
  const choices = Object.entries(labels) as [PreferenceValue<Name>, string][]
  return choices.map(([value, label]) => ({
    label,
    isChecked: value === current,
    onSelect: () => writePreference(name, value),
  }))
}
