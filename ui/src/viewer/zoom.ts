/** Zooming and panning a picture that is fitted into a window: pure arithmetic. */

export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const FITTED: View = { scale: 1, x: 0, y: 0 };
export const MOST = 8;

/** Size of a picture when the whole of it is shown as large as the window allows. */
export function fit(picture: Size, frame: Size): Size {
  const scale = Math.min(frame.width / Math.max(1, picture.width), frame.height / Math.max(1, picture.height));
  return { width: picture.width * scale, height: picture.height * scale };
}

/** Zoom by a factor so that the point under (px, py), measured from the window's middle, stays where it is. */
export function zoomAt(view: View, factor: number, px: number, py: number): View {
  const scale = Math.min(MOST, Math.max(1, view.scale * factor));
  const real = scale / view.scale;
  return { scale, x: px - (px - view.x) * real, y: py - (py - view.y) * real };
}

/** Keep the picture's edges from leaving the window further than they must. */
export function clamp(view: View, shown: Size, frame: Size): View {
  const reach = (own: number, room: number): number => Math.max(0, (own * view.scale - room) / 2);
  const within = (value: number, most: number): number => (most ? Math.min(most, Math.max(-most, value)) : 0);
  return {
    scale: view.scale,
    x: within(view.x, reach(shown.width, frame.width)),
    y: within(view.y, reach(shown.height, frame.height)),
  };
}
