import { useMutation, useQuery } from '@tanstack/react-query'
import { client } from './client.ts'
import { keys } from './keys.ts'
import { queryClient } from './query-client.ts'

/** The settings that screens use by name; the API has more. */
export interface Settings {
  readonly meta: {
    readonly appName: string
    readonly appURL: string
    readonly hideControls: boolean
    readonly accentColor?: string
    readonly [key: string]: unknown
  }
  readonly [area: string]: unknown
}

/** All settings; the server leaves out secrets. */
export function useSettings() {
  return useQuery({
    queryKey: keys.settings,
    queryFn: async () => (await client.settings.getAll()) as Settings,
    staleTime: 60_000,
  })
}

/** Updates the given settings. */
export function useSaveSettings() {
  return useMutation({
    mutationFn: (changes: Record<string, unknown>) => client.settings.update(changes),
    onSuccess: (saved) => queryClient.setQueryData(keys.settings, saved),
  })
}

/** The templates that can be sent as a test. */
export type MailTemplate =
  | 'verification'
  | 'password-reset'
  | 'email-change'
  | 'otp'
  | 'login-alert'

/** Sends a test mail with the stored settings. */
export function useTestMail() {
  return useMutation({
    mutationFn: (input: {
      readonly email: string
      readonly template: MailTemplate
      readonly collection: string
    }) => client.settings.testEmail(input.collection, input.email, input.template),
  })
}
