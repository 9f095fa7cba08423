import { t } from '#dashboard/text/docs-texts.ts'
import { PageLinks } from '#dashboard/ui/page-links.tsx'

const pages = ['definitions', 'history', 'types'] as const

/** Links to the screens of this area. */
export function SchemaPages({ current }: { readonly current: (typeof pages)[number] }) {
  return (
    <PageLinks
      label={t.docs.pagesLabel}
      current={`/schema/${current}`}
      pages={pages.map((page) => ({ to: `/schema/${page}`, label: t.docs.pages[page] }))}
    />
  )
}
