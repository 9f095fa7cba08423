import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/query-client.ts'
import { watchSession } from './api/session.ts'
import { router } from './routes.tsx'
import { watchSetupToken } from './setup/setup-token.ts'
import { followOldAddress } from './shell/old-addresses.ts'
import { watchVersion } from './shell/version.ts'
import './ui/base.css'
import { watchPreferences } from './ui/preferences.ts'

watchSetupToken()
followOldAddress()
watchPreferences()
watchSession()
watchVersion()

const container = document.querySelector('#app')
if (container !== null) {
  createRoot(container).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
