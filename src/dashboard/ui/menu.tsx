import { Check, type LucideIcon } from 'lucide-react'
import {
  type KeyboardEvent,
  type ReactNode,
  type ToggleEvent,
  useId,
  useRef,
  useState,
} from 'react'
import { flushSync } from 'react-dom'
import { classNames } from './class-names.ts'
import styles from './menu.module.css'
import { placeBeside } from './place-beside.ts'

/** One entry of a menu. */
export interface MenuItem {
  readonly label: string
  readonly icon?: LucideIcon
  readonly look?: 'danger'
  /** Shown at the end: the keys of the same action. */
  readonly shortcut?: string
  readonly disabledReason?: string | undefined
  /** Set for one of several choices, or a switch. */
  readonly isChecked?: boolean
  readonly onSelect: () => void
}

/** A separator, with or without a heading below. */
export interface MenuBreak {
  readonly heading?: string
}

export interface MenuProps {
  /** The name of the menu. */
  readonly label: string
  readonly items: readonly (MenuItem | MenuBreak)[]
  /** Renders the button that opens the menu. */
  readonly trigger: (props: MenuTriggerProps) => ReactNode
}

/** The props of the button that opens a menu. */
export interface MenuTriggerProps {
  readonly id: string
  readonly 'aria-haspopup': 'menu'
  readonly 'aria-expanded': boolean
  readonly onPointerDown: () => void
  readonly onClick: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

/** A menu button: arrow keys, Home, End and first letters move, Escape closes. */
export function Menu({ label, items, trigger }: MenuProps) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)
  // Pressing the button closes the menu before the click, which must not open it again.
  const wasOpen = useRef(false)

  const open = (): void => {
    const opener = document.getElementById(id)
    if (list.current === null || opener === null) return
    flushSync(() => setOpen(true))
    list.current.showPopover()
    placeBeside(list.current, opener)
    entriesOf(list.current)[0]?.focus()
  }
  const close = (): void => {
    list.current?.hidePopover()
    document.getElementById(id)?.focus()
  }
  const move = (event: KeyboardEvent): void => {
    const entries = entriesOf(list.current)
    const at = entries.findIndex((entry) => entry === document.activeElement)
    const next = nextEntry(event.key, at, entries)
    if (event.key === 'Tab') list.current?.hidePopover()
    if (event.key === 'Escape') {
      event.stopPropagation()
      close()
    }
    if (next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    next.focus()
  }

  return (
    <>
      {/* oxlint-disable-next-line react/refs -- read by the handlers, not while rendering */}
      {trigger({
        id,
        'aria-haspopup': 'menu',
        'aria-expanded': isOpen,
        onPointerDown: () => {
          wasOpen.current = isOpen
        },
        onClick: () => {
          if (wasOpen.current || isOpen) close()
          else open()
          wasOpen.current = false
        },
        onKeyDown: (event) => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          open()
        },
      })}
      <div
        ref={list}
        role="menu"
        tabIndex={-1}
        aria-label={label}
        popover="auto"
        className={styles.menu}
        onKeyDown={move}
        onToggle={(event: ToggleEvent) => setOpen(event.newState === 'open')}
      >
        {isOpen && items.map((item, index) => <Entry key={index} item={item} onDone={close} />)}
      </div>
    </>
  )
}

function Entry({
  item,
  onDone,
}: {
  readonly item: MenuItem | MenuBreak
  readonly onDone: () => void
}) {
  if (!('onSelect' in item)) {
    return (
      <>
        <hr className={styles.line} />
        {item.heading !== undefined && <div className={styles.group}>{item.heading}</div>}
      </>
    )
  }
  const { label, icon: Icon, look, shortcut, disabledReason, isChecked, onSelect } = item
  const select = (): void => {
    if (disabledReason !== undefined) return
    onDone()
    onSelect()
  }
  return (
    <button
      type="button"
      role={isChecked === undefined ? 'menuitem' : 'menuitemcheckbox'}
      aria-checked={isChecked}
      aria-disabled={disabledReason !== undefined || undefined}
      title={disabledReason}
      tabIndex={-1}
      className={classNames(styles.item, look === 'danger' && styles.danger)}
      onClick={select}
    >
      {isChecked === undefined ? (
        Icon && <Icon size={16} strokeWidth={1.75} aria-hidden />
      ) : (
        <Check
          size={16}
          strokeWidth={1.75}
          aria-hidden
          visibility={isChecked ? 'visible' : 'hidden'}
        />
      )}
      {label}
      {shortcut !== undefined && <span className={styles.keys}>{shortcut}</span>}
    </button>
  )
}

function entriesOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])]
}

function nextEntry(
  key: string,
  at: number,
  entries: readonly HTMLElement[],
): HTMLElement | undefined {
  const { length } = entries
  if (key === 'ArrowDown') return entries[(at + 1) % length]
  if (key === 'ArrowUp') return entries[(at - 1 + length) % length]
  if (key === 'Home') return entries[0]
  if (key === 'End') return entries[length - 1]
  if (key.length !== 1 || key === ' ') return undefined
  const inOrder = [...entries.slice(at + 1), ...entries.slice(0, at + 1)]
  return inOrder.find(({ textContent }) =>
    textContent.trim().toLowerCase().startsWith(key.toLowerCase()),
  )
}
