import { createDocument, getHTMLFromFragment, getSchema } from '@tiptap/core'
import { Image } from '@tiptap/extension-image'
import { TableKit } from '@tiptap/extension-table'
import { type Editor, EditorContent, useEditor, useEditorState } from '@tiptap/react'
import { StarterKit } from '@tiptap/starter-kit'
import {
  Bold,
  Heading2,
  Italic,
  Link as LinkIcon,
  List,
  ListOrdered,
  type LucideIcon,
  Quote,
  Redo2,
  SquareCode,
  Strikethrough,
  Undo2,
} from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { IconButton } from '#dashboard/ui/button.tsx'
import styles from './rich-text.module.css'
import { sameMarkup, withoutStyles } from './rich-text-guard.ts'

interface RichTextProps {
  readonly label: string
  readonly value: string
  readonly isReadOnly: boolean
  readonly onChange: (html: string) => void
  /** Called when the editor cannot hold all of the stored markup. */
  readonly onLossy: () => void
}

const extensions = [
  StarterKit.configure({
    link: { openOnClick: false, protocols: ['http', 'https', 'mailto', 'tel'] },
  }),
  Image.configure({ inline: true }),
  TableKit,
]

const schema = getSchema(extensions)

/** Edits HTML as it looks, if the editor can hold all of it. */
export function RichText(props: RichTextProps) {
  const { value, onLossy } = props
  // Judged before there is an editor, which might report its own version of the markup as a change.
  const [isLossy] = useState(() => !isKept(value))
  useEffect(() => {
    if (isLossy) onLossy()
  }, [isLossy, onLossy])
  return isLossy ? null : <VisualEditor {...props} />
}

/** True when the editor has a node for all of the markup. */
function isKept(html: string): boolean {
  const document = createDocument(withoutStyles(html), schema)
  return html === '' || sameMarkup(html, getHTMLFromFragment(document.content, schema))
}

function VisualEditor({ label, value, isReadOnly, onChange, onLossy }: RichTextProps) {
  const latest = useRef({ value, onChange, onLossy })
  useEffect(() => {
    latest.current = { value, onChange, onLossy }
  })
  const editor = useEditor({
    extensions,
    content: withoutStyles(value),
    editable: !isReadOnly,
    injectCSS: false,
    // An editor made while rendering is destroyed if its effects take longer than a millisecond.
    immediatelyRender: false,
    editorProps: { attributes: { role: 'textbox', 'aria-label': label, 'aria-multiline': 'true' } },
    onUpdate: ({ editor: updated }) => {
      const html = updated.isEmpty ? '' : updated.getHTML()
      if (html !== latest.current.value) latest.current.onChange(html)
    },
  })

  useEffect(() => {
    if (editor === null) return
    const current = editor.isEmpty ? '' : editor.getHTML()
    if (value === current || sameMarkup(value, current)) return
    if (isKept(value)) editor.commands.setContent(withoutStyles(value), { emitUpdate: false })
    else latest.current.onLossy()
  }, [editor, value])

  return (
    <div className={styles.box}>
      {!isReadOnly && editor !== null && <Toolbar editor={editor} />}
      <EditorContent editor={editor} className={styles.content} />
    </div>
  )
}

interface Tool {
  readonly label: string
  readonly icon: LucideIcon
  readonly run: () => void
  readonly isOn?: boolean
}

/** One tab stop; arrow keys move between the buttons. */
function Toolbar({ editor }: { readonly editor: Editor }) {
  const active = useEditorState({
    editor,
    selector: ({ editor: at }) => ({
      bold: at.isActive('bold'),
      italic: at.isActive('italic'),
      strike: at.isActive('strike'),
      heading: at.isActive('heading', { level: 2 }),
      bulletList: at.isActive('bulletList'),
      orderedList: at.isActive('orderedList'),
      quote: at.isActive('blockquote'),
      code: at.isActive('codeBlock'),
      link: at.isActive('link'),
    }),
  })
  const chain = () => editor.chain().focus()
  const words = t.fields.toolbar
  const tools: Tool[] = [
    { label: words.bold, icon: Bold, isOn: active.bold, run: () => chain().toggleBold().run() },
    {
      label: words.italic,
      icon: Italic,
      isOn: active.italic,
      run: () => chain().toggleItalic().run(),
    },
    {
      label: words.strike,
      icon: Strikethrough,
      isOn: active.strike,
      run: () => chain().toggleStrike().run(),
    },
    {
      label: words.heading,
      icon: Heading2,
      isOn: active.heading,
      run: () => chain().toggleHeading({ level: 2 }).run(),
    },
    {
      label: words.bulletList,
      icon: List,
      isOn: active.bulletList,
      run: () => chain().toggleBulletList().run(),
    },
    {
      label: words.orderedList,
      icon: ListOrdered,
      isOn: active.orderedList,
      run: () => chain().toggleOrderedList().run(),
    },
    {
      label: words.quote,
      icon: Quote,
      isOn: active.quote,
      run: () => chain().toggleBlockquote().run(),
    },
    {
      label: words.code,
      icon: SquareCode,
      isOn: active.code,
      run: () => chain().toggleCodeBlock().run(),
    },
    { label: words.link, icon: LinkIcon, isOn: active.link, run: () => askForLink(editor) },
    { label: words.undo, icon: Undo2, run: () => chain().undo().run() },
    { label: words.redo, icon: Redo2, run: () => chain().redo().run() },
  ]
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const buttons = [...event.currentTarget.querySelectorAll('button')]
    const at = buttons.findIndex((button) => button === document.activeElement)
    buttons[(at + step + buttons.length) % buttons.length]?.focus()
  }
  return (
    <div
      role="toolbar"
      tabIndex={-1}
      aria-label={words.label}
      className={styles.toolbar}
      onKeyDown={move}
    >
      {tools.map(({ label, icon, isOn, run }, index) => (
        <IconButton
          key={label}
          size="small"
          icon={icon}
          label={label}
          aria-pressed={isOn}
          tabIndex={index === 0 ? 0 : -1}
          onClick={run}
        />
      ))}
    </div>
  )
}

function askForLink(editor: Editor): void {
  const current: unknown = editor.getAttributes('link')['href']
  // oxlint-disable-next-line no-alert -- one text, asked for in place
  const href = window.prompt(
    t.fields.toolbar.linkAddress,
    typeof current === 'string' ? current : '',
  )
  if (href === null) return
  if (href === '') editor.chain().focus().unsetLink().run()
  else editor.chain().focus().setLink({ href }).run()
}
