import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import { classNames } from '#dashboard/ui/class-names.ts'
import type { CodeEditorProps, CodeLanguage, SuggestNames } from './code-editor.tsx'
import styles from './code-editor.module.css'

/** Each language is a chunk of its own; the editor works without it until it is there. */
const languages: Readonly<
  Record<CodeLanguage, (tables: CodeEditorProps['tables']) => Promise<Extension>>
> = {
  json: async () => (await import('@codemirror/lang-json')).json(),
  sql: async (tables) => {
    const [{ sql, SQLite }, { autocompletion }] = await Promise.all([
      import('@codemirror/lang-sql'),
      import('@codemirror/autocomplete'),
    ])
    const schema = tables === undefined ? {} : { schema: tables }
    return [sql({ dialect: SQLite, ...schema }), autocompletion({ icons: false })]
  },
  html: async () => (await import('@codemirror/lang-html')).html(),
  text: async () => [],
}

async function completion(suggest: SuggestNames): Promise<Extension> {
  const { nameCompletion } = await import('./name-completion.ts')
  return nameCompletion(suggest)
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
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--danger)',
    textUnderlineOffset: '3px',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line)',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    boxShadow: 'var(--shadow)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'var(--mono)',
    fontSize: 'var(--size-meta)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 8px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--selected)',
    color: 'var(--text)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--accent)' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal' },
  '.cm-diagnostic': { padding: '4px 8px', borderLeft: '3px solid var(--danger)' },
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
    tables,
    problem,
    suggest,
  } = props
  const hasNames = suggest !== undefined
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const support = useRef(new Compartment())
  const attributes = useRef(new Compartment())
  const isMarked = useRef(false)
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
    const editor = new EditorView({
      parent: place.current,
      doc: latest.current.value,
      extensions: [
        EditorView.cspNonce.of(documentNonce()),
        history(),
        bracketMatching(),
        support.current.of([]),
        syntaxHighlighting(highlighting),
        theme,
        keymap.of([{ key: 'Mod-Enter', run }, ...defaultKeymap, ...historyKeymap]),
        ...(lines === 'one' ? [] : [EditorView.lineWrapping]),
        EditorState.readOnly.of(isReadOnly),
        attributes.current.of([]),
        EditorView.updateListener.of((update) => {
          const text = update.state.doc.toString()
          if (update.docChanged && text !== latest.current.value) latest.current.onChange(text)
          if (update.selectionSet || update.docChanged) {
            const { from, to } = update.state.selection.main
            latest.current.onSelect?.(update.state.sliceDoc(from, to))
          }
        }),
      ],
    })
    view.current = editor
    return () => {
      view.current = null
      editor.destroy()
    }
  }, [isReadOnly, lines])

  // Another description must not make another editor: an error appears while one types.
  useEffect(() => {
    const content = EditorView.contentAttributes.of({
      'aria-label': label,
      'aria-multiline': String(lines !== 'one'),
      ...(id === undefined ? {} : { id }),
      ...(describedBy === undefined ? {} : { 'aria-describedby': describedBy }),
      ...(isInvalid ? { 'aria-invalid': 'true' } : {}),
    })
    view.current?.dispatch({ effects: attributes.current.reconfigure(content) })
  }, [id, label, describedBy, isInvalid, isReadOnly, lines])

  useEffect(() => {
    const editor = view.current
    const compartment = support.current
    const addLanguage = async (): Promise<void> => {
      const extensions = await Promise.all([
        languages[language](tables),
        ...(hasNames ? [completion((before) => latest.current.suggest?.(before))] : []),
      ])
      if (editor === view.current) {
        editor?.dispatch({ effects: compartment.reconfigure(extensions) })
      }
    }
    void addLanguage()
    // The other values make another editor, which needs its language, too.
  }, [language, tables, hasNames, isReadOnly, lines])

  useEffect(() => {
    const editor = view.current
    const current = editor?.state.doc.toString()
    if (editor !== null && current !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
    }
  }, [value])

  useEffect(() => {
    const editor = view.current
    const mark = async (): Promise<void> => {
      const { setDiagnostics } = await import('@codemirror/lint')
      if (editor === null || editor !== view.current || problem !== latest.current.problem) return
      const end = editor.state.doc.length
      const shown =
        problem === undefined
          ? []
          : [
              {
                from: Math.min(problem.from, end),
                to: Math.min(problem.to, end),
                severity: 'error' as const,
                message: problem.message,
              },
            ]
      editor.dispatch(setDiagnostics(editor.state, shown))
    }
    if (problem !== undefined || isMarked.current) void mark()
    isMarked.current = problem !== undefined
  }, [problem])

  return (
    <div
      ref={place}
      data-invalid={isInvalid}
      className={classNames(
        styles.editor,
        lines === 'one' && styles.one,
        lines === 'few' && styles.few,
      )}
    />
  )
}
