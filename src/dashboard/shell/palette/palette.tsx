import { useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useCollections } from '#dashboard/api/collections.ts'
import { t } from '#dashboard/text/t.ts'
import { areas, screens } from '#dashboard/shell/navigation/areas.ts'
import styles from './palette.module.css'
import { findEntries, type PaletteEntry } from './palette-entries.tsx'
import { activeShortcuts, keysText } from '#dashboard/shell/shortcuts.ts'
import { useRecordById } from './use-record-by-id.ts'

/** Finds screens, collections, actions of this screen, and records by id. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  const navigate = useNavigate()
  const { data: collections = [] } = useCollections()
  const [shortcuts] = useState(activeShortcuts)
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const record = useRecordById(text.trim(), collections)

  useEffect(() => {
    const element = dialog.current
    const opener = document.activeElement
    element?.showModal()
    return () => {
      element?.close()
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    }
  }, [])

  const entries = findEntries({
    text,
    areas,
    screens,
    collections,
    shortcuts,
    record: record.found,
  })
  const open = (entry: PaletteEntry | undefined): void => {
    if (entry === undefined) return
    onClose()
    if (entry.to === undefined) entry.run()
    else void navigate({ to: entry.to })
  }
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Enter') open(entries[at])
    if (step === undefined || entries.length === 0) return
    event.preventDefault()
    const next = (at + step + entries.length) % entries.length
    setAt(next)
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' })
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- Escape closes a dialog, too
    <dialog
      ref={dialog}
      aria-label={t.shell.palette.title}
      className={styles.palette}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose()
      }}
    >
      <div className={styles.input}>
        <Search size={20} strokeWidth={1.75} aria-hidden />
        <input
          role="combobox"
          aria-expanded
          aria-controls={id}
          aria-activedescendant={entries.length > 0 ? `${id}-${at}` : undefined}
          aria-label={t.shell.palette.title}
          aria-autocomplete="list"
          placeholder={t.shell.palette.placeholder}
          value={text}
          onKeyDown={press}
          onChange={(event) => {
            setText(event.target.value)
            setAt(0)
          }}
        />
      </div>
      <div id={id} role="listbox" aria-label={t.shell.palette.title} className={styles.results}>
        {entries.map((entry, index) => (
          <div key={entry.key} role="presentation">
            {entry.heading !== entries[index - 1]?.heading && (
              <div className={styles.heading} role="presentation">
                {entry.heading}
              </div>
            )}
            {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- keys go to the input, whose active descendant this is */}
            <div
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              className={styles.option}
              onClick={() => open(entry)}
              onPointerMove={() => setAt(index)}
            >
              {entry.icon}
              {entry.label}
              {entry.keys !== undefined && <kbd aria-hidden>{keysText(entry.keys)}</kbd>}
            </div>
          </div>
        ))}
      </div>
      <div className={styles.foot} role="status">
        {record.isSearching
          ? t.shell.palette.searchingRecord
          : entries.length === 0
            ? t.shell.palette.nothing
            : t.shell.palette.hint}
      </div>
    </dialog>
  )
}
