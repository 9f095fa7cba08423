import { lazy, Suspense } from 'react'
import styles from './code-editor.module.css'

/** The language of an editor. */
export type CodeLanguage = 'json' | 'sql' | 'html' | 'text'

export interface CodeEditorProps {
  /** Of the control that a `Field` makes; the label is tied to it by `label`. */
  readonly id?: string
  readonly label: string
  readonly language: CodeLanguage
  readonly value: string
  readonly onChange: (value: string) => void
  readonly isReadOnly?: boolean
  readonly isInvalid?: boolean
  readonly describedBy?: string | undefined
  /** Ctrl+Enter or Cmd+Enter. */
  readonly onRun?: () => void
  /** One line that scrolls sideways, or a box that grows. */
  readonly lines?: 'one' | 'many'
}

const Editor = lazy(async () => ({
  default: (await import('./code-editor-view.tsx')).CodeEditorView,
}))

/** An editor for code, loaded when one is shown. Until then the text stands there as it is. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<pre className={styles.waiting}>{props.value}</pre>}>
      <Editor {...props} />
    </Suspense>
  )
}
