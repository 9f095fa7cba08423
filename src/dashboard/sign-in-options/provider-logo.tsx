import styles from './sign-in-options.module.css'

/** The logo of a provider, as an image: markup of a response never becomes part of the page. */
export function ProviderLogo({ svg }: { readonly svg: string }) {
  const source = `data:image/svg+xml,${encodeURIComponent(svg)}`
  return <img className={styles.logo} src={source} alt="" width={20} height={20} />
}
