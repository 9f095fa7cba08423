import { useQuery } from '@tanstack/react-query'
import { ClientResponseError } from 'pocketbase'
import { client } from './client.ts'
import { keys } from './keys.ts'

/** The part of an OpenAPI document that screens use by name. */
interface ApiDocument {
  readonly info: { readonly title: string }
}

/** The OpenAPI document, as the caller may read it. */
export function useApiDocument() {
  return useQuery({
    queryKey: keys.apiDocument,
    queryFn: () => client.send<ApiDocument>('/api/openapi.json', { method: 'GET' }),
    retry: false,
  })
}

/** The TypeScript types of the collections. */
export function useTypes() {
  return useQuery({ queryKey: keys.types, queryFn: readTypes })
}

/** The client reads JSON only. */
async function readTypes(): Promise<string> {
  const url = client.buildURL('/api/schema/types.ts')
  const response = await fetch(url, { headers: { Authorization: client.authStore.token } })
  if (response.ok) return await response.text()
  const data = (await response.json()) as Readonly<Record<string, unknown>>
  throw new ClientResponseError({ url, status: response.status, response: data })
}
