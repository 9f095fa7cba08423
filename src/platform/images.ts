/** The target size of an image. */
export interface ImageResize {
  /** Pixels; undefined for what follows from the other. One of them is given. */
  readonly width: number | undefined
  readonly height: number | undefined
  /** `cover` fills the area and cuts off what is over; `inside` never cuts and never enlarges. */
  readonly fit: 'cover' | 'inside'
  /** The part of a cropped image to keep. */
  readonly position: 'center' | 'top' | 'bottom'
}

/** The formats that pictures can be written in. */
export type ImageFormat = 'image/jpeg' | 'image/png' | 'image/gif'

/** Something that resizes pictures. Turned ones are set upright; of moving ones the first is taken. */
export interface ImageResizer {
  /** Width and height in pixels. */
  measure(image: ReadableStream<Uint8Array>): Promise<{ width: number; height: number }>
  /** @throws {Error} For what cannot be read or written. */
  resize(
    image: ReadableStream<Uint8Array>,
    resize: ImageResize,
    format: ImageFormat,
  ): Promise<ArrayBuffer>
}
