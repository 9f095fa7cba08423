import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import { classNames } from './class-names.ts'
import type { CodeEditorProps, CodeLanguage } from './code-editor.tsx'
import styles from './code-editor.module.css'

/** Each language is a chunk of its own; the editor works without it until it is there. */
const languages: Readonly<Record<CodeLanguage, () => Promise<Extension>>> = {
  json: async () => (await import('@codemirror/lang-json')).json(),
  sql: async () => {
    const { sql, SQLite } = await import('@codemirror/lang-sql')
    return sql({ dialect: SQLite })
  },
  html: async () => (await import('@codemirror/lang-html')).html(),
  text: async () => [],
}

const highlighting = HighlightStyle.define([
  { tag: [tags.string, tags.attributeValue], color: 'var(--success)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warning)' },
  { tag: [tags.keyword, tags.tagName], color: 'var(--accent)' },
  { tag: [tags.comment], color: 'var(--muted)', fontStyle: 'italic' },
])

const theme = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', fontSize: 'var(--size-meta)', lineHeight: '1.5' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--selected)',
  },
  '.cm-matchingBracket': { backgroundColor: 'var(--selected)' },
})

/** The nonce of this document admits the style element of the editor. */
function documentNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
}

/** CodeMirror as a controlled component. Tab leaves it, as it leaves every other control. */
export function CodeEditorView(props: CodeEditorProps) {
  const {
    id,
    label,
    language,
    value,
    isReadOnly = false,
    isInvalid = false,
    describedBy,
    lines,
  } = props
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef(props)
  useEffect(() => {
    latest.current = props
  })

  useEffect(() => {
    if (place.current === null) return undefined
    const run = (): boolean => {
      latest.current.onRun?.()
      return latest.current.onRun !== undefined
    }
    const support = new Compartment()
    let isShown = true
    const editor = new EditorView({
      parent: place.current,
      doc: latest.current.value,
      extensions: [
        EditorView.cspNonce.of(documentNonce()),
        history(),
        bracketMatching(),
        support.of([]),
        syntaxHighlighting(highlighting),
        theme,
        keymap.of([{ key: 'Mod-Enter', run }, ...defaultKeymap, ...historyKeymap]),
        ...(lines === 'one' ? [] : [EditorView.lineWrapping]),
        EditorState.readOnly.of(isReadOnly),
        EditorView.contentAttributes.of({
          'aria-label': label,
          'aria-multiline': String(lines !== 'one'),
          ...(id === undefined ? {} : { id }),
          ...(describedBy === undefined ? {} : { 'aria-describedby': describedBy }),
        }),
        EditorView.updateListener.of((update) => {
          const text = update.state.doc.toString()
          if (update.docChanged && text !== latest.current.value) latest.current.onChange(text)
        }),
      ],
    })
    view.current = editor
    const addLanguage = async (): Promise<void> => {
      const extension = await languages[language]()
      if (isShown) editor.dispatch({ effects: support.reconfigure(extension) })
    }
    void addLanguage()
    return () => {
      isShown = false
      editor.destroy()
    }
  }, [id, label, language, isReadOnly, describedBy, lines])

  useEffect(() => {
    const editor = view.current
    const current = editor?.state.doc.toString()
    if (editor !== null && current !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
    }
  }, [value])

  return (
    <div
      ref={place}
      data-invalid={isInvalid}
      className={classNames(styles.editor, lines === 'one' && styles.one)}
    />
  )
}
