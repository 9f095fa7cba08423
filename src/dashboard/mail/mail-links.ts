/** A link in a mail. */
export interface MailLink {
  readonly label: string
  readonly target: string
  /** True if it leads to a page, which can be opened. */
  readonly isPage: boolean
}

/** The links in the HTML of a mail. Parsing it runs and loads nothing. */
export function linksIn(html: string): MailLink[] {
  const parsed = new DOMParser().parseFromString(withoutStyles(html), 'text/html')
  return [...parsed.querySelectorAll('a[href]')].map((link) => {
    const target = link.getAttribute('href') ?? ''
    const label = link.textContent.trim()
    return { label: label === '' ? target : label, target, isPage: /^https?:\/\//i.test(target) }
  })
}

/** The policy of this page also covers what is parsed here, and would report every style. */
function withoutStyles(html: string): string {
  return html
    .replace(/<style[\s\S]*?(?:<\/style>|$)/gi, '')
    .replace(/(?<=[\s"'])style(?=\s*=)/gi, 'data-style')
}
