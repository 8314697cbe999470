// Files that a browser makes by itself.

/** How many pixels stand for one of the drawing, and how many there are at most: browsers draw no larger pictures. */
const SHARP = 2;
const LONGEST = 8_000;
const MOST = 48_000_000;

export function svgFile(svg: string): Blob {
  return new Blob([svg], { type: "image/svg+xml;charset=utf-8" });
}

/** The same picture in pixels. Rejects when the browser cannot draw it. */
export async function pngFile(svg: string, width: number, height: number): Promise<Blob> {
  const image = await drawn(svg);
  const scale = sharpness(width, height);
  const sheet = document.createElement("canvas");
  sheet.width = Math.round(width * scale);
  sheet.height = Math.round(height * scale);
  sheet.getContext("2d")?.drawImage(image, 0, 0, sheet.width, sheet.height);
  return new Promise((resolve, reject) => {
    sheet.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no picture"))), "image/png");
  });
}

/** Pixels for each pixel of the drawing. */
export function sharpness(width: number, height: number): number {
  return Math.min(SHARP, LONGEST / Math.max(width, height), Math.sqrt(MOST / (width * height)));
}

export function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // When the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

async function drawn(svg: string): Promise<HTMLImageElement> {
  const address = URL.createObjectURL(svgFile(svg));
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
  return image;
}
