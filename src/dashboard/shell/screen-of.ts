/** The path of the screen for a URL of PocketBase's dashboard. */
export function screenOf(hash: string): string {
  const { pathname, searchParams } = new URL(`http://here${hash.slice(1)}`)
  const collection = searchParams.get('collection')
  if (pathname === '/collections' && collection !== null) {
    const record = searchParams.get('record')
    const kept = ['filter', 'sort'].flatMap((name) => {
      const value = searchParams.get(name)
      return value === null || value === '' ? [] : [[name, value]]
    })
    const query = new URLSearchParams(kept).toString()
    const parts = record === null ? [collection] : [collection, record]
    const path = parts.map(encodeURIComponent).join('/')
    return `c/${path}${query === '' ? '' : `?${query}`}`
  }
  if (pathname === '/logs') return 'logs'
  if (pathname.startsWith('/settings')) return 'settings/application'
  return ''
}
