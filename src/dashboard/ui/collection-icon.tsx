import { Sheet, SquareDashed, Table2, UserRound } from 'lucide-react'

const icons = { base: Table2, auth: UserRound, view: Sheet }

/** The icon of a collection type. It repeats what a name or text says. */
export function CollectionIcon({
  type,
  size = 16,
}: {
  readonly type: string
  readonly size?: number
}) {
  const Icon = Object.hasOwn(icons, type) ? icons[type as keyof typeof icons] : SquareDashed
  return <Icon size={size} strokeWidth={1.75} aria-hidden />
}
