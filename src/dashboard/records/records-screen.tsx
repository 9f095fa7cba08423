import { getRouteApi } from '@tanstack/react-router'
import { ScreenHeader } from '#dashboard/shell/screen.tsx'

const route = getRouteApi('/inside/c/$collection')

/** The records of a collection. */
export function RecordsScreen() {
  const { collection } = route.useParams()
  return <ScreenHeader title={collection} />
}
