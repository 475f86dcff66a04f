// A picture of the gallery opens in the page's place; Sphinx marks links to files as downloads.
for (const link of document.querySelectorAll("a[download]")) if (link.querySelector("img")) link.removeAttribute("download");
// Letters of a table's cell that is never broken: "-6.2e-07", "TM 123 1 0", "sphere 15 um".
const SHORT = 14;
for (const cell of document.querySelectorAll("article td")) if (cell.textContent.trim().length <= SHORT) cell.classList.add("short");
// Names may break behind a dot, a stroke, a slash or a colon, and nowhere within a word; those of a first column only on a phone.
for (const word of document.querySelectorAll("article td code.literal .pre")) {
  const parts = word.textContent.split(/(?<=[._\/:])(?=[^._\/:])/);
  if (parts.length < 2) continue;
  word.replaceChildren(...parts.flatMap((part, index) => index ? [document.createElement("wbr"), part] : [part]));
}
// A figure whose file is half as wide again as its place opens in a click.
const LARGER = 1.5;
addEventListener("load", () => {
  for (const image of document.querySelectorAll("article img")) {
    if (image.closest("a") || image.src.startsWith("data:") || image.naturalWidth < LARGER * image.clientWidth) continue;
    const link = Object.assign(document.createElement("a"), { href: image.src, className: "enlarge", title: "the figure at its full size" });
    image.replaceWith(link);
    link.append(image);
  }
});
