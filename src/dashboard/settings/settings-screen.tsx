import { getRouteApi } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { type Settings, useSettings } from '#dashboard/api/settings.ts'
import { NotFoundScreen } from '#dashboard/shell/not-found-screen.tsx'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/t.ts'
import { PageLinks } from '#dashboard/ui/page-links.tsx'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { ApplicationPage } from './application-page.tsx'
import { LimitsPage } from './limits-page.tsx'
import { LogsPage } from './logs-page.tsx'
import { MailPage } from './mail-page.tsx'
import { NetworkPage } from './network-page.tsx'
import { StoragePage } from './storage-page.tsx'

const route = getRouteApi('/inside/settings/$page')

interface PageProps {
  readonly settings: Settings
}

type PageName = keyof typeof t.settings.pages

const pages: Readonly<Record<PageName, ComponentType<PageProps>>> = {
  application: ApplicationPage,
  mail: MailPage,
  limits: LimitsPage,
  network: NetworkPage,
  logs: LogsPage,
  storage: StoragePage,
}

const names = Object.keys(pages) as PageName[]

/** The settings, a page each for what belongs together. */
export function SettingsScreen() {
  const { page } = route.useParams()
  const { data, error, refetch } = useSettings()
  if (!Object.hasOwn(pages, page)) return <NotFoundScreen />
  const name = page as PageName
  const Page = pages[name]
  return (
    <>
      <ScreenHeader title={t.settings.title} />
      <PageLinks
        label={t.settings.pagesLabel}
        current={`/settings/${name}`}
        pages={names.map((one) => ({ to: `/settings/${one}`, label: t.settings.pages[one] }))}
      />
      {error !== null && data === undefined ? (
        <TextColumn>
          <FailureNote
            title={t.settings.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        </TextColumn>
      ) : data === undefined ? (
        <Skeleton lines={10} />
      ) : (
        <Page key={name} settings={data} />
      )}
    </>
  )
}
