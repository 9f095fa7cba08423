/*
 * Small images, 60 by 40: a green bar at the top, below it red on the left and blue on the right.
 */

/** The properties that identify an image. */
export interface PictureShape {
  readonly format: 'png' | 'jpeg' | 'gif' | 'webp'
  readonly width: number
  readonly height: number
}

export const pictures = {
  png: bytesOf(
    'iVBORw0KGgoAAAANSUhEUgAAADwAAAAoCAMAAACVZWnNAAAACVBMVEXcAAAAyAAAANwnUGYIAAAACXBIWXMAAAPo' +
      'AAAD6AG1e1JrAAAAJklEQVRIx+3LsQ0AAAQAMPx/tA8YbNLujTwIWV7zrEayLMuy/Do3UCQJYUNS1UgAAAAASUVO' +
      'RK5CYII=',
  ),
  jpeg: bytesOf(
    '/9j/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQ' +
      'YEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P' +
      'T09PT09PT0//wAARCAAoADwDASIAAhEBAxEB/8QAGAABAQEBAQAAAAAAAAAAAAAAAAUDBgT/xAAmEAEAAAQDCAMA' +
      'AAAAAAAAAAAAAQIEohVU0QMFERQ0U4GxQlFx/8QAGQEAAgMBAAAAAAAAAAAAAAAAAAcDBAUG/8QAKhEAAQMBBAkF' +
      'AAAAAAAAAAAAAAECAwQ0cpGxBhEVFlFSgdHwEzFBgtL/2gAMAwEAAhEDEQA/AMBI52p7lsDnanuWwc/6DiHdGt5m' +
      '4r+SuJHO1Pctgyqd4VUmwmml2vCMOHxh9/iSKkfLI2NqprVUTEjl0UrI2K9XN1Imv3X4+pcHK4xX5iyXQxivzFku' +
      'jc3VrOZuK9jH2fLxTzodUOVxivzFkuhjFfmLJdBurWczcV7Bs+XinnQ9YDKHCGNZ00/j22Y1nTT+Pa1QWqK8maFa' +
      'ts0l1ciYAZQvwAALIBVjJDGs6afx7BaoLVFeTNCtW2aS6uRMAMoX4AAH/9k=',
  ),
  /** Rotated according to its Exif data: upright it is 40 by 60. */
  turnedJpeg: bytesOf(
    '/9j/4QC8RXhpZgAASUkqAAgAAAAGABIBAwABAAAABgAAABoBBQABAAAAVgAAABsBBQABAAAAXgAAACgBAwABAAAA' +
      'AgAAABMCAwABAAAAAQAAAGmHBAABAAAAZgAAAAAAAAA4YwAA6AMAADhjAADoAwAABgAAkAcABAAAADAyMTABkQcA' +
      'BAAAAAECAwAAoAcABAAAADAxMDABoAMAAQAAAP//AAACoAQAAQAAADwAAAADoAQAAQAAACgAAAAAAAAA/+IB8ElD' +
      'Q19QUk9GSUxFAAEBAAAB4GxjbXMEIAAAbW50clJHQiBYWVogB+IAAwAUAAkADgAdYWNzcE1TRlQAAAAAc2F3c2N0' +
      'cmwAAAAAAAAAAAAAAAAAAPbWAAEAAAAA0y1oYW5keem/Vlo+AbaDI4VVRvdPqgAAAAAAAAAAAAAAAAAAAAAAAAAA' +
      'AAAAAAAAAAAAAAAKZGVzYwAAAPwAAAAkY3BydAAAASAAAAAid3RwdAAAAUQAAAAUY2hhZAAAAVgAAAAsclhZWgAA' +
      'AYQAAAAUZ1hZWgAAAZgAAAAUYlhZWgAAAawAAAAUclRSQwAAAcAAAAAgZ1RSQwAAAcAAAAAgYlRSQwAAAcAAAAAg' +
      'bWx1YwAAAAAAAAABAAAADGVuVVMAAAAIAAAAHABzAFIARwBCbWx1YwAAAAAAAAABAAAADGVuVVMAAAAGAAAAHABD' +
      'AEMAMAAAWFlaIAAAAAAAAPbWAAEAAAAA0y1zZjMyAAAAAAABDD8AAAXd///zJgAAB5AAAP2S///7of///aIAAAPc' +
      'AADAcVhZWiAAAAAAAABvoAAAOPIAAAOPWFlaIAAAAAAAAGKWAAC3iQAAGNpYWVogAAAAAAAAJKAAAA+FAAC2xHBh' +
      'cmEAAAAAAAMAAAACZmkAAPKnAAANWQAAE9AAAApb/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAu' +
      'KS0sMzpKPjM2RjcsLUBXQUZMTlJTUjI+WmFaUGBKUVJP/9sAQwEODg4TERMmFRUmTzUtNU9PT09PT09PT09PT09P' +
      'T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P/8AAEQgAKAA8AwEiAAIRAQMRAf/EABgAAQEBAQEA' +
      'AAAAAAAAAAAAAAAFAwYE/8QAJhABAAAEAwgDAAAAAAAAAAAAAAECBKIVVNEDBREUNFOBsUJRcf/EABkBAAIDAQAA' +
      'AAAAAAAAAAAAAAAHAwQFBv/EACoRAAEDAQQJBQAAAAAAAAAAAAABAgMENHKRsQYRFRZRUoHR8BMxQYLS/9oADAMB' +
      'AAIRAxEAPwDASOdqe5bA52p7lsHP+g4h3RreZuK/kriRztT3LYMqneFVJsJppdrwjDh8Yff4kipHyyNjaqa1VExI' +
      '5dFKyNivVzdSJr91+PqXByuMV+Ysl0MYr8xZLo3N1azmbivYx9ny8U86HVDlcYr8xZLoYxX5iyXQbq1nM3FewbPl' +
      '4p50PWAyhwhjWdNP49tmNZ00/j2tUFqivJmhWrbNJdXImAGUL8AACyAVYyQxrOmn8ewWqC1RXkzQrVtmkurkTADK' +
      'F+AAB//Z',
  ),
  webp: bytesOf(
    'UklGRp4AAABXRUJQVlA4IJIAAACQBACdASo8ACgAPtFapkyoJSOiMBqoAQAaCUAZwQJsAcbVFO2L+MLzh6Jde7AA' +
      '+daF9qeVvMJ/8B/Evl+50thh//5Bj/Q18tv9d/5s2v9TfNz/Xf+bNr/Us1cnN7iiEib8TvZk9p/+eoecPv7lZ/mv' +
      '/4tFRwFyi+5Ah2hO2kOk92jiKgQWCtCypzDzFhdRAAAAAA==',
  ),
  /** Two frames, the second one grey. */
  gif: bytesOf(
    'R0lGODlhPAAoAIEAAExpcQAA3ADIANwAACH/C05FVFNDQVBFMi4wAwEAAAAh+QQFCgAAACwAAAAAPAAoAAACf5SP' +
      'qcvtD6OctNqLs968+w+G4kiWZjKk6sq2bhrE8kzXdvzmunr3vrwLun5Em/DIKypxyONy2XQ+i1HhlFrdXYlZ7dbX' +
      '1X3B4de4VzafjenWmt1evWtx1pxWl9+Bedie2fcHmCcY0Of3dzhQqMh46Bgo2Cj5SBmZWIl5uTf5VwAAIfkEBQoA' +
      'AAAsAAAAADwAKACATGlxWlpaAjKMj6nL7Q+jnLTai7PevPsPhuJIluaJpurKtu4Lx/JM1/aN5/rO9/4PDAqHxKLx' +
      'iNQVAAA7',
  ),
} as const

/** The format of an image and its stored size; undefined if it is not an image. */
export function shapeOf(bytes: Uint8Array): PictureShape | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = (at: number, length: number): string =>
    String.fromCharCode(...bytes.subarray(at, at + length))
  if (text(1, 3) === 'PNG') {
    return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) }
  }
  if (text(0, 3) === 'GIF') {
    return { format: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true) }
  }
  if (text(8, 4) === 'WEBP') {
    return {
      format: 'webp',
      width: view.getUint16(26, true) & 0x3fff,
      height: view.getUint16(28, true) & 0x3fff,
    }
  }
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? jpegShape(view) : undefined
}

function jpegShape(view: DataView): PictureShape | undefined {
  let at = 2
  while (at + 9 < view.byteLength) {
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) {
      return { format: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
