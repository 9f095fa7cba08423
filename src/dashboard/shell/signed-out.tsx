import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'

/** Redirects to sign-in after signing out, in this tab or another one. */
export function SignedOut() {
  const navigate = useNavigate()
  const { state } = useRouter()
  useEffect(() => {
    const { href } = state.location
    void navigate({ to: '/sign-in', search: href === '/' ? {} : { next: href }, replace: true })
    // Only once, because the path changes on the way.
  }, [])
  return null
}
