import { type DragEvent, useState } from 'react'

/** The props of a row that others can be dropped on. */
export interface DropProps {
  /** The side of the row where the dragged one would go. */
  readonly 'data-drop': 'before' | 'after' | undefined
  readonly onDragOver: (event: DragEvent) => void
  readonly onDrop: (event: DragEvent) => void
}

/** The props of the handle that a row is dragged by. */
export interface HandleProps {
  readonly draggable: true
  readonly onDragStart: (event: DragEvent) => void
  readonly onDragEnd: () => void
}

/** Moves rows of a list by dragging. The same moves need a menu, for keyboards and phones. */
export function useRowDrag(onMove: (from: number, to: number) => void) {
  const [from, setFrom] = useState<number>()
  const [over, setOver] = useState<number>()
  const end = (): void => {
    setFrom(undefined)
    setOver(undefined)
  }
  return {
    drop: (index: number): DropProps => ({
      'data-drop': over === index ? sideOf(from, index) : undefined,
      onDragOver: (event) => {
        if (from === undefined) return
        event.preventDefault()
        if (over !== index) setOver(index)
      },
      onDrop: (event) => {
        event.preventDefault()
        if (from !== undefined && from !== index) onMove(from, index)
        end()
      },
    }),
    handle: (index: number): HandleProps => ({
      draggable: true,
      onDragStart: ({ dataTransfer, currentTarget }) => {
        dataTransfer.effectAllowed = 'move'
        // Firefox drags nothing without data.
        dataTransfer.setData('text/plain', '')
        const row = currentTarget.closest('li')
        if (row !== null) dataTransfer.setDragImage(row, 12, 12)
        setFrom(index)
      },
      onDragEnd: end,
    }),
  }
}

function sideOf(from: number | undefined, index: number): DropProps['data-drop'] {
  if (from === undefined || from === index) return undefined
  return index < from ? 'before' : 'after'
}
