// A picture of the gallery opens in the page's place; Sphinx marks links to files as downloads.
for (const link of document.querySelectorAll("a[download]")) if (link.querySelector("img")) link.removeAttribute("download");
