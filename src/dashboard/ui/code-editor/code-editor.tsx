import { lazy, Suspense } from 'react'
import { classNames } from '#dashboard/ui/class-names.ts'
import styles from './code-editor.module.css'

/** The language of an editor. */
export type CodeLanguage = 'json' | 'sql' | 'html' | 'text'

/** An error at a position in the text; the end is exclusive. */
export interface CodeProblem {
  readonly from: number
  readonly to: number
  readonly message: string
}

/** A name to insert. */
export interface CodeSuggestion {
  readonly label: string
  readonly detail?: string
  readonly kind: string
}

/** The names that fit behind a text, and where the word begins that they replace. */
export type SuggestNames = (
  before: string,
) => { readonly from: number; readonly options: readonly CodeSuggestion[] } | undefined

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
  /** Called with the selected text, which is empty without a selection. */
  readonly onSelect?: (text: string) => void
  /** Tables with their columns, offered while SQL is typed. Must stay the same object. */
  readonly tables?: Readonly<Record<string, readonly string[]>>
  /** An error to mark in the text. */
  readonly problem?: CodeProblem | undefined
  /** Names to complete what is typed. */
  readonly suggest?: SuggestNames
  /** One line that scrolls sideways, or a box that grows from a few lines, or many. */
  readonly lines?: 'one' | 'few' | 'many'
}

const Editor = lazy(async () => ({
  default: (await import('./code-editor-view.tsx')).CodeEditorView,
}))

/** An editor for code, loaded when one is shown. Until then the text stands there as it is. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense
      fallback={
        <pre className={classNames(styles.waiting, props.lines === 'few' && styles.few)}>
          {props.value}
        </pre>
      }
    >
      <Editor {...props} />
    </Suspense>
  )
}
