import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Violations of WCAG 2.2 A and AA in the page as it is now, as `rule: element`. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return await page.evaluate<string[]>(`(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
    const { violations } = await axe.run(document, { runOnly: tags })
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200)))
  })()`)
}

/** True when the page or its main part scrolls sideways; regions within may. */
export async function scrollsSideways(page: Page): Promise<boolean> {
  return await page.evaluate<boolean>(
    `[document.documentElement, ...document.querySelectorAll('main')]
      .some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)`,
  )
}
