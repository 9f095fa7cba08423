/** The target size of an image. */
export interface ImageResize {
  /** In pixels. Undefined to keep the aspect ratio; at least one of the two is set. */
  readonly width: number | undefined
  readonly height: number | undefined
  /** `cover` fills the area and crops the rest; `inside` never crops and never enlarges. */
  readonly fit: 'cover' | 'inside'
  /** The part of a cropped image to keep. */
  readonly position: 'center' | 'top' | 'bottom'
}

/** The image formats that can be written. */
export type ImageFormat = 'image/jpeg' | 'image/png' | 'image/gif'

/** Resizes images. Rotated images are set upright; of animations, the first frame is used. */
export interface ImageResizer {
  /** The width and height in pixels. */
  measure(image: ReadableStream<Uint8Array>): Promise<{ width: number; height: number }>
  /** @throws {Error} If the image cannot be read or written. */
  resize(
    image: ReadableStream<Uint8Array>,
    resize: ImageResize,
    format: ImageFormat,
  ): Promise<ArrayBuffer>
}
