import { useState, useSyncExternalStore } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Checkbox } from '#dashboard/ui/field.tsx'
import { readPreference, subscribePreferences, writePreference } from '#dashboard/ui/preferences.ts'
import styles from '#dashboard/shell/palette/palette.module.css'
import { activeShortcuts, keysText } from './shortcuts.ts'

/** The shortcuts of this screen, and the switch that turns single keys off. */
export function ShortcutList({ onClose }: { readonly onClose: () => void }) {
  const [shortcuts] = useState(activeShortcuts)
  const singleKeys = useSyncExternalStore(subscribePreferences, () => readPreference('singleKeys'))
  return (
    <Dialog title={t.shell.shortcuts.title} onClose={onClose}>
      <dl className={styles.shortcuts}>
        {shortcuts.map(({ keys, label }) => (
          <div key={keys}>
            <dt>{label}</dt>
            <dd>
              <kbd>{keysText(keys)}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <Checkbox
        label={t.shell.shortcuts.singleKeys}
        isChecked={singleKeys === 'on'}
        onChange={(isOn) => writePreference('singleKeys', isOn ? 'on' : 'off')}
      />
    </Dialog>
  )
}
