const gap = 4
const margin = 8

/** Positions a layer below its trigger, or above if there is more space, within the window. */
export function placeBeside(layer: HTMLElement, opener: Element): void {
  const anchor = opener.getBoundingClientRect()
  const { width, height } = layer.getBoundingClientRect()
  const below = anchor.bottom + gap
  const isAbove = below + height > innerHeight - margin && anchor.top > innerHeight - anchor.bottom
  const top = isAbove ? Math.max(margin, anchor.top - gap - height) : below
  const isStart = anchor.left + width <= innerWidth - margin
  const left = isStart ? anchor.left : Math.max(margin, anchor.right - width)
  layer.style.top = `${top}px`
  layer.style.left = `${left}px`
}
