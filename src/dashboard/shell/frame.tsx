import { Outlet, useRouterState } from '@tanstack/react-router'
import { Menu as MenuIcon, Search } from 'lucide-react'
import {
  type CSSProperties,
  lazy,
  Suspense,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { useDeployment } from '#dashboard/api/deployment.ts'
import { useSessionState } from '#dashboard/api/session.ts'
import { useProofRequest } from '#dashboard/api/step-up.ts'
import { t } from '#dashboard/text/t.ts'
import { IconButton } from '#dashboard/ui/button.tsx'
import { Mark } from '#dashboard/ui/states.tsx'
import { ToastRegion } from '#dashboard/ui/toast.tsx'
import styles from './frame.module.css'
import { Navigation } from '#dashboard/shell/navigation/navigation.tsx'
import { NavigationDrawer } from '#dashboard/shell/navigation/navigation-drawer.tsx'
import { OutdatedNote } from './outdated-note.tsx'
import { SessionEndedDialog } from './session-ended-dialog.tsx'
import { SignedOut } from './signed-out.tsx'
import { handleKey } from './shortcuts.ts'
import { useFrameShortcuts } from './frame-shortcuts.ts'
import { isVersionOutdated, subscribeVersion } from './version.ts'

const Palette = lazy(async () => ({
  default: (await import('#dashboard/shell/palette/palette.tsx')).Palette,
}))
const ShortcutList = lazy(async () => ({
  default: (await import('./shortcut-list.tsx')).ShortcutList,
}))

const StepUpDialog = lazy(async () => ({
  default: (await import('#dashboard/factors/step-up-dialog.tsx')).StepUpDialog,
}))

/** The frame of every screen: navigation, environment mark, global dialogs. */
export function Frame() {
  const state = useSessionState()
  const { appName, environment } = useDeployment()
  const proofRequest = useProofRequest()
  const isOutdated = useSyncExternalStore(subscribeVersion, isVersionOutdated)
  const [layer, setLayer] = useState<'palette' | 'shortcuts' | 'drawer'>()
  const close = (): void => setLayer(undefined)
  const content = useFocusOnChange()

  useEffect(() => {
    addEventListener('keydown', handleKey)
    return () => removeEventListener('keydown', handleKey)
  }, [])
  useFrameShortcuts({
    openPalette: () => setLayer('palette'),
    openList: () => setLayer('shortcuts'),
  })

  if (state === 'signedOut') return <SignedOut />
  const accent = environment?.accent ?? ''
  const band = (accent === '' ? {} : { '--environment': accent }) as CSSProperties
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#content">
        {t.shell.skip}
      </a>
      <div className={styles.sidebar}>
        <Navigation onSearch={() => setLayer('palette')} />
      </div>
      <header className={styles.bar}>
        <IconButton
          icon={MenuIcon}
          label={t.shell.openNavigation}
          onClick={() => setLayer('drawer')}
        />
        <span className={styles.barName}>{appName}</span>
        {environment !== undefined && <Mark>{environment.name}</Mark>}
        <IconButton icon={Search} label={t.shell.search} onClick={() => setLayer('palette')} />
      </header>
      <div className={styles.main}>
        <div className={styles.band} style={band} />
        {isOutdated && <OutdatedNote />}
        <main id="content" ref={content} tabIndex={-1} className={styles.content}>
          <Outlet />
        </main>
      </div>
      <ToastRegion />
      {layer === 'drawer' && (
        <NavigationDrawer onClose={close} onSearch={() => setLayer('palette')} />
      )}
      <Suspense>
        {layer === 'palette' && <Palette onClose={close} />}
        {layer === 'shortcuts' && <ShortcutList onClose={close} />}
      </Suspense>
      <Suspense>{proofRequest !== undefined && <StepUpDialog request={proofRequest} />}</Suspense>
      {state === 'ended' && <SessionEndedDialog />}
    </div>
  )
}

/**
 * Moves the focus to the heading when another screen is shown. A panel beside a screen has a route of
 * its own, but is no other screen: it moves the focus itself, and back when it closes.
 */
function useFocusOnChange() {
  const content = useRef<HTMLElement>(null)
  const screen = useRouterState({
    select: ({ matches }) =>
      matches[matches.findIndex(({ routeId }) => routeId === '/inside') + 1]?.routeId,
  })
  const isFirst = useRef(true)
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    const heading = content.current?.querySelector('h1')
    ;(heading ?? content.current)?.focus()
  }, [screen])
  return content
}
