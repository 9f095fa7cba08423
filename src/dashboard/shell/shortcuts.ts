import { useEffect, useRef } from 'react'
import { readPreference } from '#dashboard/ui/preferences.ts'

/** A shortcut and its action. */
export interface Shortcut {
  /** `n`, `/`, or with modifiers `Mod+S`, where Mod is Ctrl or Cmd; `Alt+ArrowUp`. */
  readonly keys: string
  readonly label: string
  readonly run: () => void
}

const stack: (() => readonly Shortcut[])[] = []

/** Registers shortcuts while the component is mounted. The last mounted have precedence. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  useEffect(() => {
    const read = (): readonly Shortcut[] => latest.current
    stack.push(read)
    return () => {
      stack.splice(stack.indexOf(read), 1)
    }
  }, [])
}

/** The active shortcuts, most specific first. */
export function activeShortcuts(): readonly Shortcut[] {
  return stack.toReversed().flatMap((read) => read())
}

let chord: { readonly first: string; readonly at: number } | undefined

/**
 * Runs the shortcut of a key. Single keys belong to inputs, and do nothing with a modifier or while
 * a dialog is open.
 */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  const name = nameOf(event)
  const isSingle = !name.includes('+')
  if (isSingle && (isTyping(event.target) || readPreference('singleKeys') === 'off')) return
  if (isSingle && document.querySelector('dialog[open]') !== null) return
  const previous = chord !== undefined && Date.now() - chord.at < 1500 ? `${chord.first} ` : ''
  chord = undefined
  const shortcuts = activeShortcuts()
  const found = shortcuts.find(({ keys }) => keys === previous + name)
  if (found !== undefined) {
    event.preventDefault()
    found.run()
    return
  }
  if (isSingle && shortcuts.some(({ keys }) => keys.startsWith(`${name} `))) {
    chord = { first: name, at: Date.now() }
  }
}

function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const modifiers = [ctrlKey || metaKey ? 'Mod' : '', altKey ? 'Alt' : ''].filter(Boolean)
  // A character implies whether Shift was pressed; other keys do not.
  if (shiftKey && key.length > 1) modifiers.push('Shift')
  const isLetter = modifiers.length > 0 && key.length === 1
  return [...modifiers, isLetter ? key.toUpperCase() : key].join('+')
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}

const isApple = /mac|iphone|ipad/i.test(navigator.userAgent)

/** Formats keys for people: `Ctrl+S`, `⌘S`, `g then h`. */
export function keysText(keys: string): string {
  return keys
    .replace('Mod+', isApple ? '⌘' : 'Ctrl+')
    .replace('Alt+', isApple ? '⌥' : 'Alt+')
    .replace('ArrowUp', '↑')
    .replace('ArrowDown', '↓')
    .replace(/^(\w) (\w)$/, '$1 then $2')
}
