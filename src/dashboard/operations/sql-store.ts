/* Statements that were run or saved. They stay in this browser, for the account that wrote them. */
import { useState } from 'react'
import { session } from '#dashboard/api/client.ts'
import { keepDraft, readDraft } from '#dashboard/shell/draft/draft-store.ts'

/** A query with a name. */
export interface SavedQuery {
  readonly name: string
  readonly text: string
}

const maxRecent = 50
const textAddress = 'sql'
const recentAddress = 'sql-recent'

/** The text of the editor, which survives a reload and is forgotten at sign-out. */
export function useSqlText(): readonly [string, (text: string) => void] {
  const [text, setText] = useState(() => String(readDraft(textAddress) ?? ''))
  const change = (next: string): void => {
    setText(next)
    keepDraft(textAddress, next)
  }
  return [text, change]
}

/** The statements that were run, last first. They are forgotten at sign-out. */
export function readRecent(): readonly string[] {
  const kept = readDraft(recentAddress)
  return Array.isArray(kept) ? kept.map(String) : []
}

/** Adds a statement to the recent ones. */
export function addRecent(statement: string): void {
  const others = readRecent().filter((one) => one !== statement)
  keepDraft(recentAddress, [statement, ...others].slice(0, maxRecent))
}

/** Forgets the recent statements. */
export function clearRecent(): void {
  keepDraft(recentAddress, [])
}

/** The saved queries, by name. */
export function readSaved(): readonly SavedQuery[] {
  try {
    const kept = JSON.parse(localStorage.getItem(savedKey()) ?? '[]') as SavedQuery[]
    return kept.toSorted((a, b) => a.name.localeCompare(b.name))
  } catch {
    return []
  }
}

/** Saves a query under its name, in place of another with the same one. */
export function saveQuery(query: SavedQuery): void {
  writeSaved([...readSaved().filter(({ name }) => name !== query.name), query])
}

/** Deletes a saved query. */
export function forgetQuery(name: string): void {
  writeSaved(readSaved().filter((query) => query.name !== name))
}

function writeSaved(queries: readonly SavedQuery[]): void {
  try {
    localStorage.setItem(savedKey(), JSON.stringify(queries))
  } catch {
    // Storage may be full or blocked.
  }
}

function savedKey(): string {
  return `arete:sql-saved:${session.record?.id ?? ''}`
}
