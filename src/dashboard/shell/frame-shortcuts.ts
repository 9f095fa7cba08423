import { useNavigate } from '@tanstack/react-router'
import { t } from '#dashboard/text/t.ts'
import { areas } from '#dashboard/shell/navigation/areas.ts'
import { type Shortcut, useShortcuts } from './shortcuts.ts'

interface FrameActs {
  readonly openPalette: () => void
  readonly openList: () => void
}

/** The shortcuts that work on every screen. */
export function useFrameShortcuts({ openPalette, openList }: FrameActs): void {
  const navigate = useNavigate()
  const jumps = areas.map(({ chord, label, to }): Shortcut => ({
    keys: `g ${chord}`,
    label: t.shell.shortcuts.goTo({ area: label }),
    run: () => void navigate({ to }),
  }))
  useShortcuts([
    { keys: 'Mod+K', label: t.shell.shortcuts.palette, run: openPalette },
    { keys: '?', label: t.shell.shortcuts.list, run: openList },
    { keys: 'F6', label: t.shell.shortcuts.nextRegion, run: focusNextRegion },
    ...jumps,
  ])
}

/** Regions that the keyboard moves between: navigation, content, a side panel. */
function focusNextRegion(): void {
  const regions = [...document.querySelectorAll<HTMLElement>('nav, main, aside')].filter(
    (region) => region.getClientRects().length > 0,
  )
  const at = regions.findLastIndex((region) => region.contains(document.activeElement))
  const next = regions[(at + 1) % regions.length]
  const target = next?.querySelector<HTMLElement>('a, button, input, [tabindex="0"]') ?? next
  target?.focus()
}
