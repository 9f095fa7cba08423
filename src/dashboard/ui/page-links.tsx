import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import styles from './page-links.module.css'

interface PageLinksProps {
  /** The name of the group of pages. */
  readonly label: string
  /** The address of the present page. */
  readonly current: string
  readonly pages: readonly { readonly to: string; readonly label: string }[]
}

/** Links to the pages of an area, beneath its heading. */
export function PageLinks({ label, current, pages }: PageLinksProps) {
  const list = useRef<HTMLElement>(null)
  useEffect(() => {
    // On a phone the present one may be out of view.
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [current])
  return (
    <nav ref={list} className={styles.pages} aria-label={label}>
      {pages.map(({ to, label: name }) => (
        <Link
          key={to}
          to={to}
          // The address of one page may begin with that of another.
          activeOptions={{ exact: true }}
          aria-current={to === current ? 'page' : undefined}
        >
          {name}
        </Link>
      ))}
    </nav>
  )
}
