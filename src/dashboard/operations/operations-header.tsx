import type { ReactNode } from 'react'
import { ScreenHeader } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/t.ts'
import { PageLinks } from '#dashboard/ui/page-links.tsx'

type PageName = keyof typeof t.operations.pages

const names = Object.keys(t.operations.pages) as PageName[]

interface OperationsHeaderProps {
  readonly page: PageName
  readonly actions?: ReactNode
}

/** The heading of an operations screen, with links to the others. */
export function OperationsHeader({ page, actions }: OperationsHeaderProps) {
  return (
    <>
      <ScreenHeader title={t.operations.pages[page]} actions={actions} />
      <PageLinks
        label={t.operations.pagesLabel}
        current={`/operations/${page}`}
        pages={names.map((name) => ({
          to: `/operations/${name}`,
          label: t.operations.pages[name],
        }))}
      />
    </>
  )
}
