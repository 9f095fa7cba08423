import { t } from '#dashboard/text/t.ts'
import { PageLinks } from '#dashboard/ui/page-links.tsx'

const pages = ['rules', 'explain', 'superusers'] as const

/** Links to the screens of this area. */
export function AccessPages({ current }: { readonly current: (typeof pages)[number] }) {
  return (
    <PageLinks
      label={t.access.pagesLabel}
      current={`/access/${current}`}
      pages={pages.map((page) => ({ to: `/access/${page}`, label: t.access.pages[page] }))}
    />
  )
}
