/** A file that is dragged out of the page, or saved with a click. */

/** What Chromium takes for a file when it is dragged onto the desktop, or into a DAW. */
export function onDragOut(file: string, mime: string, url: string): (event: DragEvent) => void {
  return (event) => {
    const from = new URL(url, location.href).href;
    event.dataTransfer?.setData("DownloadURL", `${mime}:${file}:${from}`);
  };
}
