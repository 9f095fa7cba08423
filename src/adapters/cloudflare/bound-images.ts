import type { ImageResizer } from '#platform/images.ts'

/**
 * A resizer that uses the Images binding of Cloudflare. Images are never in the Worker's memory.
 */
export function createBoundImages(images: ImagesBinding): ImageResizer {
  return {
    async measure(image) {
      const info = await images.info(image)
      // SVG images have no size of their own.
      return 'width' in info ? { width: info.width, height: info.height } : { width: 0, height: 0 }
    },
    async resize(image, { width, height, fit, position }, format) {
      const isFree = width === undefined || height === undefined
      const transformed = images.input(image).transform({
        ...(width === undefined ? {} : { width }),
        ...(height === undefined ? {} : { height }),
        fit: fit === 'inside' ? 'scale-down' : isFree ? 'contain' : 'cover',
        ...(fit === 'cover' && !isFree ? { gravity: position } : {}),
      })
      const result = await transformed.output({ format, anim: false })
      return await result.response().arrayBuffer()
    },
  }
}
