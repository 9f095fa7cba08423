import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

/** The kinds of visitors. None of them runs scripts. */
export const visitors = [
  {
    name: 'on a phone',
    options: {
      viewport: { width: 360, height: 740 },
      deviceScaleFactor: 3,
      isMobile: true,
      hasTouch: true,
    },
  },
  { name: 'on a desktop', options: { viewport: { width: 1280, height: 800 } } },
  {
    name: 'in the dark',
    options: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  },
] as const satisfies readonly { name: string; options: BrowserContextOptions }[]

/** A page in its own profile, and its errors. */
export interface Visit {
  readonly page: Page
  /** Errors in the console: policy violations, failed requests. */
  readonly complaints: readonly string[]
  /** Requests to other origins. */
  readonly strays: readonly string[]
}

/** Opens an empty page; scripts run only if the options say so. */
export async function visit(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options })
  // Only for what hangs: the first page of a busy machine may take as long as the usual limit.
  context.setDefaultTimeout(120_000)
  const complaints: string[] = []
  const strays: string[] = []
  const page = await context.newPage()
  await slowDown(page)
  context.on('page', (opened) => void slowDown(opened))
  context.on('console', (message) => {
    // A rejected form has status 400, which the console reports too.
    const isAnswer = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isAnswer) complaints.push(message.text())
  })
  context.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('about:')) {
      strays.push(url)
    }
  })
  return { page, complaints, strays }
}

/** The slowdown of pages, to find tests that only a fast machine passes. */
const slowness = Number(process.env['SLOW_PAGES'] ?? 1)

async function slowDown(page: Page): Promise<void> {
  if (slowness <= 1) return
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowness })
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: slowness * 50,
    downloadThroughput: -1,
    uploadThroughput: -1,
  })
}

/** Finds accessibility problems in the rendered page. */
export async function obstacles(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(findObstacles)
}

/** Runs in the page, whose types are not available here. */
const findObstacles = `(() => {
  const found = []
  const say = (text) => found.push(text)
  if (document.documentElement.lang === '') say('no language')
  if (document.title.trim() === '') say('no title')
  if (document.querySelectorAll('h1').length !== 1) say('not one h1')
  if (document.querySelectorAll('main').length !== 1) say('not one main')
  if (document.documentElement.scrollWidth > window.innerWidth) say('wider than the window')

  const channel = (value) => {
    const share = value / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number)
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = numbers(getComputedStyle(at).backgroundColor)
      if (color[3] !== 0) return color
    }
    return [255, 255, 255]
  }
  const contrast = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
    return (light + 0.05) / (dark + 0.05)
  }
  const isShown = (element) => element.getClientRects().length > 0
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    if ((!hasText && element.tagName !== 'INPUT') || !isShown(element)) continue
    const ratio = contrast(numbers(getComputedStyle(element).color), background(element))
    if (ratio < 4.5) say('contrast ' + ratio.toFixed(2) + ' in ' + element.outerHTML)
  }
  for (const control of document.querySelectorAll('input, button')) {
    if (!isShown(control)) continue
    const { height } = control.getBoundingClientRect()
    if (height < 44) say('hard to hit: ' + control.outerHTML)
    // Below 16 pixels phones zoom in, and stay there.
    if (parseFloat(getComputedStyle(control).fontSize) < 16) say('small text in ' + control.outerHTML)
    if (control.tagName === 'INPUT' && control.labels.length === 0) say('no label: ' + control.outerHTML)
    const border = getComputedStyle(control)
    if (control.tagName === 'INPUT') {
      const line = contrast(numbers(border.borderTopColor), background(control.parentElement))
      if (line < 3) say('faint border of ' + control.outerHTML)
    }
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
  if (new Set(ids).size < ids.length) say('ids are repeated')
  for (const element of document.querySelectorAll('[aria-describedby]')) {
    for (const id of element.getAttribute('aria-describedby').split(' ')) {
      if (!document.getElementById(id)) say('described by nothing: ' + element.outerHTML)
    }
  }
  return found
})()`

/** The element with the keyboard focus: its accessible name, its visibility and its description. */
export interface Focus {
  readonly name: string
  readonly isVisible: boolean
  readonly description: string
  readonly isInvalid: boolean
}

/** Returns the element with the keyboard focus. */
export async function focusOf(page: Page): Promise<Focus> {
  return await page.evaluate<Focus>(`(() => {
    const element = document.activeElement
    const described = (element.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean)
    return {
      name: element.labels?.[0]?.textContent ?? element.textContent.trim(),
      isVisible: parseFloat(getComputedStyle(element).outlineWidth) >= 2,
      description: described.map((id) => document.getElementById(id).textContent).join(' '),
      isInvalid: element.getAttribute('aria-invalid') === 'true',
    }
  })()`)
}
