import { CornerDownRight, FileText } from 'lucide-react'
import type { CollectionModel } from 'pocketbase'
import type { ReactNode } from 'react'
import { t } from '#dashboard/text/t.ts'
import { CollectionIcon } from '#dashboard/ui/collection-icon.tsx'
import type { Area, Screen } from '#dashboard/shell/navigation/areas.ts'
import type { Shortcut } from '#dashboard/shell/shortcuts.ts'

interface EntryBase {
  readonly key: string
  readonly heading: string
  readonly label: string
  readonly icon: ReactNode
  readonly keys?: string
}

/** A target or an action in the palette. */
export type PaletteEntry =
  | (EntryBase & { readonly to: string })
  | (EntryBase & { readonly to?: undefined; readonly run: () => void })

/** A record with the typed id. */
export interface FoundRecord {
  readonly collection: string
  readonly id: string
}

interface Sources {
  readonly text: string
  readonly areas: readonly Area[]
  readonly screens: readonly Screen[]
  readonly collections: readonly CollectionModel[]
  readonly shortcuts: readonly Shortcut[]
  readonly record: FoundRecord | undefined
}

/** Finds the entries that match the text, in groups. */
export function findEntries({
  text,
  areas,
  screens,
  collections,
  shortcuts,
  record,
}: Sources): PaletteEntry[] {
  const wanted = text.trim().toLowerCase()
  const fits = (label: string): boolean => label.toLowerCase().includes(wanted)
  const { palette } = t.shell
  return [
    ...(record === undefined ? [] : [recordEntry(record)]),
    ...areas
      .filter(({ label }) => fits(label))
      .map(({ label, to, icon: Icon, chord }) => ({
        key: `area ${to}`,
        heading: palette.screens,
        label,
        icon: <Icon size={16} strokeWidth={1.75} aria-hidden />,
        keys: `g ${chord}`,
        to,
      })),
    ...screens
      .filter(({ label }) => wanted !== '' && fits(label))
      .map(({ label, to, icon: Icon }) => ({
        key: `screen ${to}`,
        heading: palette.screens,
        label,
        icon: <Icon size={16} strokeWidth={1.75} aria-hidden />,
        to,
      })),
    ...collections
      .filter(({ name, system }) => fits(name) && (wanted !== '' || !system))
      .slice(0, 20)
      .map(({ id, name, type }) => ({
        key: `collection ${id}`,
        heading: palette.collections,
        label: name,
        icon: <CollectionIcon type={type} />,
        to: `/c/${encodeURIComponent(name)}`,
      })),
    ...shortcuts
      .filter(({ label, keys }) => fits(label) && !keys.startsWith('g ') && keys !== 'Mod+K')
      .map(({ label, keys, run }) => ({
        key: `act ${keys}`,
        heading: palette.actions,
        label,
        icon: <CornerDownRight size={16} strokeWidth={1.75} aria-hidden />,
        keys,
        run,
      })),
  ]
}

function recordEntry({ collection, id }: FoundRecord): PaletteEntry {
  return {
    key: `record ${id}`,
    heading: t.shell.palette.records,
    label: `${collection} / ${id}`,
    icon: <FileText size={16} strokeWidth={1.75} aria-hidden />,
    to: `/c/${encodeURIComponent(collection)}/${encodeURIComponent(id)}`,
  }
}
