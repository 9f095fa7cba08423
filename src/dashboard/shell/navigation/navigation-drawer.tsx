import { useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { t } from '#dashboard/text/t.ts'
import styles from '#dashboard/shell/frame.module.css'
import { Navigation } from './navigation.tsx'

interface DrawerProps {
  readonly onClose: () => void
  readonly onSearch: () => void
}

/** The navigation on narrow screens: a dialog at the side. */
export function NavigationDrawer({ onClose, onSearch }: DrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const path = useRouterState({ select: ({ location }) => location.href })
  const opened = useRef(path)
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  useEffect(() => {
    if (path !== opened.current) onClose()
  }, [path, onClose])
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- Escape closes a dialog, too
    <dialog
      ref={dialog}
      aria-label={t.shell.navigation}
      className={styles.drawer}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose()
      }}
    >
      <Navigation onSearch={onSearch} onClose={onClose} />
    </dialog>
  )
}
